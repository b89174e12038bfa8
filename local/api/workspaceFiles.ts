import { extname } from "node:path";
import { z } from "zod";
import { ApiError, unsupported } from "../errors";
import { operation, queryInt, type Operation } from "../route";
import { filesOf, languages, workspacePath, type WorkspaceObject } from "../workspaceFiles";

type Language = (typeof languages)[number];

/** https://docs.databricks.com/api/workspace/workspace/import: "this has a limit of 10 MB". */
const SIZE_LIMIT = 10 * 1024 * 1024;

const path = z
  .string()
  .min(1)
  .transform((given) => ({ given, path: workspacePath(given) }));
const formats = ["AUTO", "RAW", "SOURCE", "DBC", "HTML", "JUPYTER", "R_MARKDOWN"] as const;
const flag = z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]);
const content = z.union([
  z.instanceof(Uint8Array),
  z.base64().transform((text) => Buffer.from(text, "base64")),
]);

/** How a notebook's source begins, so that it can be told from a file. */
const header: Record<Language, string> = {
  PYTHON: "# Databricks notebook source\n",
  SQL: "-- Databricks notebook source\n",
  SCALA: "// Databricks notebook source\n",
  R: "# Databricks notebook source\n",
};
const languageOf: Partial<Record<string, Language>> = {
  ".py": "PYTHON",
  ".sql": "SQL",
  ".scala": "SCALA",
  ".r": "R",
};

/** Workspace files and folders: https://docs.databricks.com/api/workspace/workspace */
export const workspaceFileOperations: Operation[] = [
  operation("POST /api/2.0/workspace/mkdirs", {
    answers: "workspace.MkdirsResponse",
    body: z.strictObject({ path }),
    handle: ({ body, workspace }) => {
      filesOf(workspace).makeFolder(body.path.path);
      return {};
    },
  }),
  operation("POST /api/2.0/workspace/import", {
    answers: "workspace.ImportResponse",
    body: z.strictObject({
      path,
      content: content.default(new Uint8Array()),
      format: z.enum(formats).default("SOURCE"),
      language: z.enum(languages).optional(),
      overwrite: flag.default(false),
    }),
    handle: ({ body, workspace }) => {
      const { format, language, overwrite } = body;
      if (body.content.byteLength > SIZE_LIMIT)
        throw new ApiError(
          "MAX_NOTEBOOK_SIZE_EXCEEDED",
          `File size imported is (${body.content.byteLength} bytes), exceeded max size (${SIZE_LIMIT} bytes).`,
        );
      const { path, text, notebook } = asImported(body.path.path, body.content, format, language);
      const files = filesOf(workspace);
      files.write(path, text, { overwrite, ...(notebook ? { language: notebook } : {}) });
      return {};
    },
  }),
  operation("GET /api/2.0/workspace/export", {
    answers: "workspace.ExportResponse",
    query: z.strictObject({
      path,
      format: z.enum(formats).default("SOURCE"),
      direct_download: flag.default(false),
    }),
    handle: ({ query, workspace, reply }) => {
      const files = filesOf(workspace);
      const object = files.get(query.path.path);
      if (object.object_type === "DIRECTORY")
        throw unsupported("GET /api/2.0/workspace/export", "export of a folder");
      if (!["AUTO", "RAW", "SOURCE"].includes(query.format))
        throw unsupported("GET /api/2.0/workspace/export", `format ${query.format}`);
      const content = Buffer.concat([
        Buffer.from(object.language === undefined ? "" : header[object.language]),
        files.read(object.path),
      ]);
      if (query.direct_download) return reply.type("application/octet-stream").send(content);
      const extension = extname(object.path).slice(1);
      return {
        content: content.toString("base64"),
        file_type: object.language ?? extension,
      };
    },
  }),
  operation("GET /api/2.0/workspace/get-status", {
    answers: "workspace.ObjectInfo",
    query: z.strictObject({ path }),
    handle: ({ query, workspace }) =>
      info(filesOf(workspace).get(query.path.path), query.path.given),
  }),
  operation("GET /api/2.0/workspace/list", {
    answers: "workspace.ListResponse",
    query: z.strictObject({ path, notebooks_modified_after: queryInt.min(0).optional() }),
    handle: ({ query, workspace }) => {
      const after = query.notebooks_modified_after ?? 0;
      const objects = filesOf(workspace)
        .list(query.path.path)
        .filter((object) => object.object_type !== "NOTEBOOK" || object.modified_at > after);
      if (objects.length === 0) return {};
      return { objects: objects.map((object) => info(object, query.path.given)) };
    },
  }),
  operation("POST /api/2.0/workspace/delete", {
    answers: "workspace.DeleteResponse",
    body: z.strictObject({ path, recursive: z.boolean().default(false) }),
    handle: ({ body, workspace }) => {
      filesOf(workspace).remove(body.path.path, body.recursive);
      return {};
    },
  }),
];

/** Paths are answered with or without `/Workspace`, as they were asked for: clients compare them. */
function info(object: WorkspaceObject, given: string): Record<string, unknown> {
  const prefix = /^\/Workspace(\/|$)/.test(given) ? "/Workspace" : "";
  const { size, created_at, modified_at, ...common } = object;
  return {
    ...common,
    path: prefix + object.path,
    resource_id: String(object.object_id),
    ...(object.object_type === "DIRECTORY" ? {} : { created_at, modified_at }),
    ...(object.object_type === "FILE" ? { size } : {}),
  };
}

/** What an import makes: `RAW` always a file, `SOURCE` a notebook, `AUTO` what the content says. */
function asImported(
  path: string,
  content: Uint8Array,
  format: (typeof formats)[number],
  language: Language | undefined,
): { path: string; text: Uint8Array; notebook?: Language } {
  const call = "POST /api/2.0/workspace/import";
  if (format === "RAW") return { path, text: content };
  const guess = languageOf[extname(path).toLowerCase()];
  if (format === "AUTO") {
    const notebook = guess !== undefined && isNotebook(content, guess) ? guess : undefined;
    if (extname(path) === ".ipynb") throw unsupported(call, "a Jupyter notebook");
    if (notebook === undefined) return { path, text: content };
    return { path: path.slice(0, -extname(path).length), text: body(content, notebook), notebook };
  }
  if (format !== "SOURCE") throw unsupported(call, `format ${format}`);
  if (language === undefined) throw unsupported(call, "format SOURCE without a language");
  return {
    path,
    text: isNotebook(content, language) ? body(content, language) : content,
    notebook: language,
  };
}

function isNotebook(content: Uint8Array, language: Language): boolean {
  return Buffer.from(content).toString().startsWith(header[language].trimEnd());
}

function body(content: Uint8Array, language: Language): Uint8Array {
  return content.subarray(header[language].length);
}
