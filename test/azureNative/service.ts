import { status, type handleUnaryCall, type UntypedServiceImplementation } from "@grpc/grpc-js";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { z } from "zod";
import type { Change } from "./diff";
import type { Account, Provider, Subject } from "./provider";
import { isBag, plainBag, revealed, text, type Bag } from "./values";
import type { Problem } from "./validate";

/** Of the double's own subscription and tenant, where a stack does not name another. */
const OWN: Account = {
  subscriptionId: "00000000-0000-4000-8000-00000000d0b1",
  tenantId: "00000000-0000-4000-8000-00000000d0b2",
  location: undefined,
};

/**
 * The provider as the engine calls it.
 * @param version - Of the SDK that it serves.
 * @param start - Makes the provider, once the engine has told its configuration.
 * @see https://github.com/pulumi/pulumi/blob/v3.250.0/proto/pulumi/provider.proto
 */
export function resourceProvider(
  version: string,
  start: (account: Account) => Provider,
): UntypedServiceImplementation {
  let provider = start(OWN);
  return {
    getPluginInfo: answering(() => new PluginInfo().setVersion(version)),
    handshake: answering(() => new proto.ProviderHandshakeResponse().setAcceptSecrets(true)),
    checkConfig: answering(({ request }) => new proto.CheckResponse().setInputs(request.getNews())),
    diffConfig: answering(() => new proto.DiffResponse()),
    configure: answering(({ request }) => {
      provider = start(accountOf(bagOf(request.getArgs())));
      return new proto.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    }),
    check: answering(({ request }) => {
      const [news, olds] = [bagOf(request.getNews()), bagOf(request.getOlds())];
      const seed = request.getRandomseed_asU8();
      const { inputs, problems } = provider.check(subjectOf(request), news, olds, seed);
      return new proto.CheckResponse()
        .setInputs(structOf(inputs))
        .setFailuresList(problems.map(failureOf));
    }),
    diff: answering(({ request }) => {
      const [olds, news] = [bagOf(request.getOldInputs()), bagOf(request.getNews())];
      const found = provider.diff(subjectOf(request), request.getId(), olds, news);
      const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
      const response = new proto.DiffResponse()
        .setChanges(found.changes.size === 0 ? DIFF_NONE : DIFF_SOME)
        .setDiffsList([...found.changes.keys()].map(topLevel))
        .setReplacesList(found.replaces.map(topLevel))
        .setDeletebeforereplace(found.deleteBeforeReplace)
        .setHasdetaileddiff(true);
      for (const [path, change] of found.changes) {
        const kind = kindOf(change, found.replaces.includes(path));
        const detail = new proto.PropertyDiff().setKind(kind).setInputdiff(true);
        response.getDetaileddiffMap().set(path, detail);
      }
      return response;
    }),
    create: answering(async ({ request }) => {
      const inputs = bagOf(request.getProperties());
      const made = await provider.create(subjectOf(request), inputs, request.getPreview());
      return new proto.CreateResponse().setId(made.id).setProperties(structOf(made.outputs));
    }),
    read: answering(({ request }) => {
      const found = provider.read(request.getId());
      if (!found) return new proto.ReadResponse();
      return new proto.ReadResponse()
        .setId(found.id)
        .setProperties(structOf(found.outputs))
        .setInputs(structOf(found.inputs));
    }),
    update: answering(({ request }) => {
      const news = bagOf(request.getNews());
      const id = request.getId();
      const outputs = provider.update(subjectOf(request), id, news, request.getPreview());
      return new proto.UpdateResponse().setProperties(structOf(outputs));
    }),
    delete: answering(({ request }) => {
      provider.delete(request.getId());
      return new Empty();
    }),
    invoke: answering(({ request }) => {
      const { result, problems } = provider.invoke(request.getTok(), bagOf(request.getArgs()));
      return new proto.InvokeResponse()
        .setReturn(structOf(result))
        .setFailuresList(problems.map(failureOf));
    }),
    cancel: answering(() => new Empty()),
  } satisfies Partial<IResourceProviderServer>;
}

/** A call that fails with the message of what was thrown. */
function answering<Request, Response>(
  answer: (call: { readonly request: Request }) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => answer(call))
      .then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          const details = error instanceof Error ? error.message : String(error);
          callback({ code: status.UNKNOWN, details });
        },
      );
  };
}

function accountOf(given: Bag): Account {
  const config = plainBag(given);
  return {
    subscriptionId: text(config, "subscriptionId") ?? OWN.subscriptionId,
    tenantId: text(config, "tenantId") ?? OWN.tenantId,
    location: text(config, "location"),
  };
}

function subjectOf(request: { getUrn(): string }): Subject {
  const [, , types = "", name = ""] = request.getUrn().split("::");
  return { token: types.split("$").at(-1) ?? "", name };
}

/** The message names the path. Told of it too, the engine would add the value, be it a secret. */
function failureOf({ message }: Problem): proto.CheckFailure {
  return new proto.CheckFailure().setReason(`the double of azure-native says: ${message}`);
}

function kindOf(change: Change, replaces: boolean): proto.PropertyDiff.Kind {
  const { Kind } = proto.PropertyDiff;
  switch (change) {
    case "add":
      return replaces ? Kind.ADD_REPLACE : Kind.ADD;
    case "update":
      return replaces ? Kind.UPDATE_REPLACE : Kind.UPDATE;
    case "delete":
      return replaces ? Kind.DELETE_REPLACE : Kind.DELETE;
  }
}

function topLevel(path: string): string {
  return /^[^.[]*/.exec(path)?.[0] ?? path;
}

function bagOf(struct: Struct | undefined): Bag {
  const { value } = revealed(struct?.toJavaScript() ?? {});
  return isBag(value) ? value : {};
}

function structOf(bag: Bag): Struct {
  // Through JSON: what is undefined has no place in the engine's structures.
  return Struct.fromJavaScript(jsonBag.parse(JSON.parse(JSON.stringify(bag))));
}

const jsonBag = z.record(z.string(), z.json());
