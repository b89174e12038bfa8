import * as pulumi from "@pulumi/pulumi";
import { challengerOf, championAfter, type Challenger } from "./gate/afterwards";
import { challenged, confirmed } from "./gate/confirm";
import type { Outcome, Verdict } from "./gate/decision/decide";
import { judge, seen } from "./gate/judge";
import { verdictLine, type GateInputs, type OnAliasDrift, type OnFailure } from "./gate/record";
import { rollbackRequest, rollsBackAnother } from "./gate/rollbackRequest";
import type { Approval, Breakglass, CanaryStep, Rule } from "./gate/decision/rule";
import type { RegisteredModel } from "./registeredModel";
import { CheckoutResource } from "./workspace/checkoutResource";
import { programConnection } from "./workspace/programConnection";

/** Arguments of {@link PromotionGate}. */
export interface PromotionGateArgs {
  /** The model whose `champion` alias the gate owns. */
  readonly model: RegisteredModel;
  /** Path of the MLflow experiment that training logs to; a run of another one is no evidence. */
  readonly experiment: string;
  /** What must hold for the candidate; at least one. Make them with `above`, `maxRegression`, `approvedBy`, … */
  readonly rules: readonly Rule[];
  /**
   * Whether the candidate must take and answer what callers of the champion send and expect.
   * @default "compatible"
   */
  readonly signature?: "compatible" | "any";
  /** Shares of the traffic that a candidate answers before it is promoted. @default none */
  readonly canary?: readonly CanaryStep[];
  /** Lets one version through for a limited time, whatever the rules say. @default none */
  readonly breakglass?: Breakglass | undefined;
  /** What the approvals file says of this model. @default nobody has approved anything */
  readonly approvals?: readonly Approval[];
  /** Decides and shows, and promotes nothing. @default false */
  readonly dryRun?: boolean;
  /**
   * What a refusal does: `hold` keeps the champion and lets the update finish,
   * `block` fails the update before anything downstream changes.
   * @default "hold"
   */
  readonly onFailure?: OnFailure;
  /** What an update does about an alias that was moved by hand: puts it back, or fails. @default "restore" */
  readonly onAliasDrift?: OnAliasDrift;
  /** Said while the model has no version yet, e.g. the command that trains it. */
  readonly howToTrain?: string;
}

const provider = { file: "../gate/provider.ts", name: "GateProvider" };

/**
 * Decides whether the version that training nominated (alias `challenger`) becomes the one that
 * serves (alias `champion`). The decision is taken when the program runs, so that `pulumi preview`
 * shows it with its numbers; the update takes it again on fresh facts and moves nothing if they differ.
 */
export class PromotionGate extends CheckoutResource {
  /** The verdict with its reason and numbers. Known during preview. */
  readonly verdict: Verdict;
  /**
   * The version that is champion once this update is through, undefined while there is none.
   * A plain value: whether an endpoint exists depends on it. Whatever uses it depends on the gate.
   */
  readonly championVersion: string | undefined;
  /**
   * The version that can be tried beside the champion: on its canary, or nominated, measured, and refused.
   * Undefined where there is none; what could not be judged is none either. A plain value.
   */
  readonly challenger: Challenger | undefined;
  readonly model: RegisteredModel;
  /** Steps of traffic before a promotion; whoever measures the traffic goes by them. */
  readonly canary: readonly CanaryStep[];
  /** The version that the gate's own update left as champion; in a preview, the one that it will; or `none`. */
  declare private readonly left: pulumi.Output<string>;
  /** What the gate's own update judged. */
  declare private readonly facts: pulumi.Output<GateInputs["facts"]>;
  /** Version, outcome and numbers in one line; the same as long as facts and rules are. */
  readonly summary: string;

  /**
   * Reads the registry, decides, and registers the gate.
   * @throws pulumi.RunError if `rules` is empty, or if the registry cannot be read: nothing is assumed then.
   */
  static async decide(
    name: string,
    args: PromotionGateArgs,
    opts?: pulumi.CustomResourceOptions,
  ): Promise<PromotionGate> {
    if (args.rules.length === 0) {
      throw new pulumi.RunError(`The promotion gate ${name} has no rules; it needs at least one.`);
    }
    const question = questionOf(args);
    const judged = await judge(await programConnection(), question).catch((error: unknown) => {
      throw new pulumi.RunError(error instanceof Error ? error.message : String(error));
    });
    return new PromotionGate(name, args, { ...question, ...seen(judged) }, opts);
  }

  /**
   * `version`, once the gate's own update has left it as champion. An update that leaves the gate out
   * (`--target`) gets no version from here that the gate did not let through.
   * @throws pulumi.RunError, when it resolves, if another version is champion.
   */
  confirm(version: string): pulumi.Output<string> {
    return this.left.apply((left) => confirmed(this.model.fullName, version, left));
  }

  /**
   * `version`, once it is the one that the gate's own update judged; see {@link confirm}.
   * @throws pulumi.RunError, when it resolves, if that update judged another one, or none.
   */
  confirmChallenger(version: string): pulumi.Output<string> {
    return this.facts.apply(({ candidate }) =>
      challenged(this.model.fullName, version, candidate?.version ?? "none"),
    );
  }

  private constructor(
    name: string,
    args: PromotionGateArgs,
    judged: Pick<
      GateInputs,
      "model" | "policy" | "rollback" | "facts" | "verdict" | "observed" | "noted"
    >,
    opts: pulumi.CustomResourceOptions = {},
  ) {
    const championVersion = championAfter(judged);
    const inputs: GateInputs = {
      ...judged,
      onFailure: args.onFailure ?? "hold",
      onAliasDrift: args.onAliasDrift ?? "restore",
      folder: args.model.platform.folder,
      left: championVersion ?? "none",
    };
    super(
      provider,
      "PromotionGate",
      name,
      { ...inputs, ...REMEMBERED },
      pulumi.mergeOptions({ dependsOn: [args.model], parent: args.model.platform.parent }, opts),
    );
    const { verdict, facts, policy } = judged;
    const version = facts.candidate?.version;
    this.model = args.model;
    this.verdict = verdict;
    this.canary = policy.canary;
    this.championVersion = championVersion;
    this.challenger = challengerOf(judged, championVersion);
    this.summary = `${version === undefined ? "" : `v${version} `}${verdict.outcome}: ${verdict.reason}`;
    announce(verdictLine(inputs), verdict.outcome, args.howToTrain, this);
  }
}

/** Outputs that the provider adds to the inputs: what {@link GateMemory} says. */
const REMEMBERED = {
  holder: undefined,
  champion: undefined,
  previousChampion: undefined,
  promotedAt: undefined,
  evidence: undefined,
  history: undefined,
  rejected: undefined,
  progress: undefined,
};

function questionOf(args: PromotionGateArgs): Pick<GateInputs, "model" | "policy" | "rollback"> {
  const model = args.model.fullName;
  const policy = {
    rules: args.rules,
    experiment: args.experiment,
    signature: args.signature ?? "compatible",
    canary: args.canary ?? [],
    breakglass: args.breakglass ?? null,
    approvals: args.approvals ?? [],
    dryRun: args.dryRun ?? false,
  };
  return { model, policy, rollback: rollbackRequest(model) };
}

function announce(
  line: string,
  outcome: Outcome,
  howToTrain: string | undefined,
  gate: PromotionGate,
): void {
  const hint = outcome === "waiting" && howToTrain !== undefined ? `; train it: ${howToTrain}` : "";
  void sayer(outcome, gate.model.fullName)(`${line}${hint}`, gate);
}

/** What is wrong with the facts themselves fails the preview already; not that of another model's rollback. */
function sayer(outcome: Outcome, model: string) {
  if (outcome === "error" && !rollsBackAnother(model)) return pulumi.log.error;
  return outcome === "error" || outcome === "refused" || outcome === "inconclusive"
    ? pulumi.log.warn
    : pulumi.log.info;
}
