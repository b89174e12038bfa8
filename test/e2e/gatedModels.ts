import { basename, join } from "node:path";
import { expect } from "vitest";
import { z } from "zod";
import type { PulumiResult } from "../../engine";
import { Deployment, said } from "./deployment";
import type { GatedModel } from "./gatedModel";
import { Interceptor } from "./interceptor";
import { QuickModel } from "./quickCandidates";

/** Measurements that pass every gate of {@link GatedModels}, as they do that of customer churn. */
export const GOOD = { val_accuracy: 0.9, val_f1: 0.9, val_auc_roc: 0.9 } as const;

/** The program; it deploys `customer_churn` unless it is told otherwise. */
export const GATED_MODEL = join(__dirname, "gatedModel");

/** What is behind a gate, as the workspace answers it. */
export interface Behind {
  readonly champion: string | undefined;
  /** The versions in whose name something stands behind the gate, other than an endpoint. */
  readonly serves: readonly string[];
}

const listed = z.object({ objects: z.array(z.looseObject({ path: z.string() })).default([]) });

/**
 * Some models, each with its gate, what follows its champion, and nothing else, on the real engine: one update
 * tries as many cases as there are models, each beside the others. Their versions are registered by REST.
 */
export class GatedModels<Name extends string> {
  readonly #models: ReadonlyMap<Name, QuickModel>;

  private constructor(
    readonly deployment: Deployment,
    readonly interceptor: Interceptor,
    private readonly names: readonly Name[],
  ) {
    const { connection } = deployment;
    this.#models = new Map(
      names.map((name) => [
        name,
        new QuickModel(connection, `ml_local.models.${name}_model`, experimentOf(name)),
      ]),
    );
  }

  /** Deploys the models. @param names - Of lower-case letters and `_`: `customer_churn`. */
  static async create<Name extends string>(...names: readonly Name[]): Promise<GatedModels<Name>> {
    const deployment = await Deployment.create(undefined, undefined, { program: GATED_MODEL });
    const interceptor = await Interceptor.start(deployment.workspace.url);
    deployment.through = interceptor.url;
    const models = new GatedModels(deployment, interceptor, names);
    models.configure({});
    await models.up();
    return models;
  }

  /** Says the same of all models. */
  configure(said: GatedModel): void {
    const models = Object.fromEntries(this.names.map((name) => [name, said]));
    this.deployment.configure((yaml) =>
      yaml.replace(/(?<=gated-model:models: ).*/, JSON.stringify(models)),
    );
  }

  model(name: Name): QuickModel {
    const model = this.#models.get(name);
    if (model === undefined) throw new Error(`There is no model ${name}.`);
    return model;
  }

  /** An update that must succeed. @returns What it said. */
  async up(...args: string[]): Promise<string> {
    const result = await this.deployment.up(...args);
    expect(result.exitCode, said(result)).toBe(0);
    return said(result);
  }

  /** An update of as many gates as possible, which must fail. @returns What it said. */
  async failedUp(run: Promise<PulumiResult> = this.deployment.up("--continue-on-error")) {
    const result = await run;
    expect(result.exitCode, said(result)).not.toBe(0);
    return said(result);
  }

  async behind(name: Name): Promise<Behind> {
    const path = encodeURIComponent(`${experimentOf(name)}-serves`);
    const found = await this.deployment.call("GET", `/api/2.0/workspace/list?path=${path}`);
    const { objects } = listed.parse(found ?? {});
    return {
      champion: await this.model(name).versionOf("champion"),
      serves: objects.map((one) => basename(one.path)),
    };
  }

  /** What is behind each gate. */
  async behindAll(): Promise<Record<Name, Behind>> {
    const each = this.names.map(async (name) => [name, await this.behind(name)] as const);
    return Object.fromEntries(await Promise.all(each)) as Record<Name, Behind>;
  }

  async close(): Promise<void> {
    await this.interceptor.close();
    await this.deployment.close();
  }
}

function experimentOf(name: string): string {
  return `/Shared/ml_local/${name.replaceAll("_", "-")}`;
}
