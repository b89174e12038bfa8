import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { championAfter } from "../components/gate/afterwards";
import type { Rollback } from "../components/gate/decision/rollback";
import type { Policy } from "../components/gate/decision/rule";
import { judge, seen } from "../components/gate/judge";
import { GateProvider } from "../components/gate/provider";
import type { GateInputs, GateOutputs, OnAliasDrift, OnFailure } from "../components/gate/record";
import type { TokenConnection } from "../components/workspace/rest";
import { startedProvider } from "./unit/startedProvider";

/** What a {@link DrivenGate} guards, and how. */
export interface Guarded {
  /** Full name. */
  readonly model: string;
  readonly policy: Policy;
  /** @default "hold" */
  readonly onFailure?: OnFailure | undefined;
  /** @default "restore" */
  readonly onAliasDrift?: OnAliasDrift | undefined;
}

/**
 * A gate without an engine, which takes seconds an update: program, `diff`, `create` or `update`, and `read` are
 * called as the engine calls them, and the state keeps what the engine's protocol lets through. Whatever throws
 * leaves the state as it was.
 */
export class DrivenGate {
  state: GateOutputs | undefined;
  /** What the next program is ordered to bring back. */
  rollback: Rollback | null = null;
  policy: Policy;

  protected constructor(
    private readonly connection: TokenConnection,
    readonly provider: GateProvider,
    private readonly guarded: Guarded,
  ) {
    this.policy = guarded.policy;
  }

  static async start(connection: TokenConnection, guarded: Guarded): Promise<DrivenGate> {
    return new DrivenGate(connection, await providerOn(connection), guarded);
  }

  /** What the program sees and decides, as `PromotionGate` registers it. */
  async preview(): Promise<GateInputs> {
    const { model, onFailure = "hold", onAliasDrift = "restore" } = this.guarded;
    const question = { model, policy: this.policy, rollback: this.rollback };
    const judged = seen(await judge(this.connection, question));
    return {
      ...{ ...question, ...judged, onFailure, onAliasDrift },
      folder: `/Shared/${model}`,
      left: championAfter(judged) ?? "none",
    };
  }

  /** Whether a preview would show a change. */
  async changes(news?: GateInputs): Promise<boolean> {
    if (this.state === undefined) return true;
    const { changes } = await this.provider.diff("id", this.state, news ?? (await this.preview()));
    return changes === true;
  }

  /** One `pulumi up`; `before` is what its program has seen, if that was some time ago. */
  async up(before?: GateInputs): Promise<GateOutputs> {
    const news = before ?? (await this.preview());
    if (this.state === undefined) return this.keep((await this.provider.create(news)).outs);
    if (!(await this.changes(news))) return this.state;
    return this.keep((await this.provider.update("id", this.state, news)).outs);
  }

  /** One `pulumi refresh` of a gate that was deployed. */
  async refresh(): Promise<GateOutputs> {
    return this.keep((await this.provider.read("id", this.state)).props);
  }

  /** The engine's protocol refuses undefined, and knows no other numbers than JSON does. */
  private keep(outputs: GateOutputs | undefined): GateOutputs {
    if (outputs === undefined) throw new Error("The provider returned no outputs.");
    return (this.state = { ...outputs, ...Struct.fromJavaScript({ ...outputs }).toJavaScript() });
  }
}

/** The provider as the engine starts it for a stack of this workspace. */
export function providerOn({ host, token }: TokenConnection): Promise<GateProvider> {
  const config = { "databricks:host": host, "databricks:token": token };
  return startedProvider(new GateProvider(), config);
}
