import { describe, expect, test } from "vitest";
import { z } from "zod";
import { permissionOperations } from "../../../local/api/permissions";
import { openWorkspace } from "./harness";

const path = "/api/2.0/permissions/jobs/17";
const me = "local.admin@example.com";
const admins = {
  group_name: "admins",
  all_permissions: [
    { permission_level: "CAN_MANAGE", inherited: true, inherited_from_object: ["/jobs/"] },
  ],
};
const owner = { user_name: me, permission_level: "IS_OWNER" };
const viewers = { group_name: "users", permission_level: "CAN_VIEW" };

function openWithJob() {
  const harness = openWorkspace(permissionOperations);
  harness.workspace.store.collection("jobs", z.unknown()).put("17", {});
  return harness;
}

const lines = (body: unknown) =>
  z
    .object({
      access_control_list: z.array(
        z.looseObject({
          all_permissions: z.array(z.looseObject({ permission_level: z.string() })),
        }),
      ),
    })
    .parse(body)
    .access_control_list.map(
      ({ user_name, group_name, all_permissions }) =>
        `${String(user_name ?? group_name)} ${all_permissions.map((p) => p.permission_level).join()}`,
    );

describe("permissions of a job", () => {
  test("begin with its owner and the administrators, who inherit theirs", async () => {
    const { call } = openWithJob();
    expect((await call("GET", path)).body).toEqual({
      object_id: "/jobs/17",
      object_type: "job",
      access_control_list: [
        {
          user_name: me,
          display_name: "Local admin",
          all_permissions: [{ permission_level: "IS_OWNER", inherited: false }],
        },
        admins,
      ],
    });
  });

  test("PUT replaces, PATCH adds or changes", async () => {
    const { call } = openWithJob();
    await call("PUT", path, { access_control_list: [owner, viewers] });
    await call("PATCH", path, {
      access_control_list: [
        { ...viewers, permission_level: "CAN_MANAGE_RUN" },
        { service_principal_name: "sp", permission_level: "CAN_MANAGE" },
      ],
    });
    expect(lines((await call("GET", path)).body)).toEqual([
      `${me} IS_OWNER`,
      "users CAN_MANAGE_RUN",
      "undefined CAN_MANAGE",
      "admins CAN_MANAGE",
    ]);
    await call("PUT", path, { access_control_list: [owner] });
    expect(lines((await call("GET", path)).body)).toEqual([`${me} IS_OWNER`, "admins CAN_MANAGE"]);
  });

  test("of several levels for one principal the strongest counts", async () => {
    const { call } = openWithJob();
    const manager = { ...owner, permission_level: "CAN_MANAGE" };
    const access_control_list = [manager, owner, manager, viewers];
    expect(await call("PUT", path, { access_control_list })).toMatchObject({ status: 200 });
    expect(lines((await call("GET", path)).body)).toEqual([
      `${me} IS_OWNER`,
      "users CAN_VIEW",
      "admins CAN_MANAGE",
    ]);
  });

  test("a new owner takes the place of the old one", async () => {
    const { call } = openWithJob();
    await call("PATCH", path, {
      access_control_list: [{ user_name: "other@example.com", permission_level: "IS_OWNER" }],
    });
    expect(lines((await call("GET", path)).body)).toEqual([
      "other@example.com IS_OWNER",
      "admins CAN_MANAGE",
    ]);
  });

  test.each([
    ["a level of another kind", [owner, { ...viewers, permission_level: "CAN_QUERY" }]],
    ["no owner", [viewers]],
    ["two owners", [owner, { user_name: "x", permission_level: "IS_OWNER" }]],
    ["a group as owner", [{ group_name: "users", permission_level: "IS_OWNER" }]],
    ["two principals in a line", [owner, { ...viewers, user_name: me }]],
    ["no principal", [owner, { permission_level: "CAN_VIEW" }]],
  ])("%s is refused and nothing changes", async (_, access_control_list) => {
    const { call } = openWithJob();
    expect(await call("PUT", path, { access_control_list })).toMatchObject({
      status: 400,
      body: { error_code: "INVALID_PARAMETER_VALUE" },
    });
    expect(lines((await call("GET", path)).body)).toEqual([`${me} IS_OWNER`, "admins CAN_MANAGE"]);
  });

  test("need the job", async () => {
    const { call } = openWithJob();
    expect(await call("GET", "/api/2.0/permissions/jobs/18")).toMatchObject({ status: 404 });
  });

  test("levels are listed; a kind that does not exist here is a 501", async () => {
    const { call } = openWithJob();
    expect((await call("GET", `${path}/permissionLevels`)).body).toMatchObject({
      permission_levels: [
        { permission_level: "CAN_VIEW" },
        { permission_level: "CAN_MANAGE_RUN" },
        { permission_level: "CAN_MANAGE" },
        { permission_level: "IS_OWNER" },
      ],
    });
    expect(await call("GET", "/api/2.0/permissions/pipelines/1")).toMatchObject({ status: 501 });
  });
});
