import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { championAfter } from "../../components/gate/afterwards";
import { judge, seen } from "../../components/gate/judge";
import { GateProvider } from "../../components/gate/provider";
import type { GateInputs, GateOutputs, OnFailure } from "../../components/gate/record";
import type { Policy } from "../../components/gate/decision/rule";
import type { TokenConnection } from "../../components/workspace/rest";
import { startedProvider } from "../unit/startedProvider";

/** What a {@link DrivenGate} guards, and how. */
export interface Guarded {
  /** Full name. */
  readonly model: string;
  readonly policy: Policy;
  /** @default "hold" */
  readonly onFailure?: OnFailure;
}

/**
 * A gate on a workspace without an engine, which takes ten seconds an update: program, `diff`, `create` or
 * `update`, and `read` are called as the engine calls them, and the state keeps what the engine's protocol lets
 * through. Whatever throws leaves the state as it was.
 */
export class DrivenGate {
  state: GateOutputs | undefined;

  private constructor(
    private readonly connection: TokenConnection,
    private readonly provider: GateProvider,
    private readonly guarded: Guarded,
  ) {}

  static async start(connection: TokenConnection, guarded: Guarded): Promise<DrivenGate> {
    const config = { "databricks:host": connection.host, "databricks:token": connection.token };
    const provider = await startedProvider(new GateProvider(), config);
    return new DrivenGate(connection, provider, guarded);
  }

  /** What the program sees and decides, as `PromotionGate` registers it. */
  async preview(): Promise<GateInputs> {
    const { model, policy, onFailure = "hold" } = this.guarded;
    const question = { model, policy, rollback: null };
    const judged = seen(await judge(this.connection, question));
    return {
      ...{ ...question, ...judged, onFailure, onAliasDrift: "restore" },
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
  async up(before?: GateInputs): Promise<void> {
    const news = before ?? (await this.preview());
    if (!(await this.changes(news))) return;
    const { outs } =
      this.state === undefined
        ? await this.provider.create(news)
        : await this.provider.update("id", this.state, news);
    this.keep(outs);
  }

  /** One `pulumi refresh`. */
  async refresh(): Promise<void> {
    if (this.state === undefined) return;
    this.keep((await this.provider.read("id", this.state)).props);
  }

  /** The engine's protocol refuses undefined, and knows no other numbers than JSON does. */
  private keep(outputs: GateOutputs | undefined): void {
    if (outputs === undefined) throw new Error("The provider returned no outputs.");
    this.state = { ...outputs, ...Struct.fromJavaScript({ ...outputs }).toJavaScript() };
  }
}
