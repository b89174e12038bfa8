import * as pulumi from "@pulumi/pulumi";
import { decide, type Candidate, type MetricRule, type Outcome, type Verdict } from "./gate/decide";
import { GateProvider } from "./gate/provider";
import { verdictLine, type GateInputs, type OnFailure } from "./gate/record";
import { readStanding, type Standing } from "./gate/registry";
import type { RegisteredModel } from "./registeredModel";
import { programConnection } from "./workspace/programConnection";

/** Arguments of {@link PromotionGate}. */
export interface PromotionGateArgs {
  /** The model whose `champion` alias the gate owns. */
  readonly model: RegisteredModel;
  /** What must hold for the candidate; at least one. Make them with `above`, `atLeast`, `below`, `atMost`. */
  readonly rules: readonly MetricRule[];
  /**
   * What a refusal does: `hold` keeps the champion and lets the update finish,
   * `block` fails the update before anything downstream changes.
   * @default "hold"
   */
  readonly onFailure?: OnFailure;
  /** Said while the model has no version yet, e.g. the command that trains it. */
  readonly howToTrain?: string;
}

const provider = new GateProvider();

/**
 * Decides whether the version that training nominated (alias `challenger`) becomes the one that
 * serves (alias `champion`). The decision is taken when the program runs, so that `pulumi preview`
 * shows it with its numbers; the update takes it again on fresh facts and moves nothing if they differ.
 */
export class PromotionGate extends pulumi.dynamic.Resource {
  /** The verdict with its reason and numbers. Known during preview. */
  readonly verdict: Verdict;
  /**
   * The version that is champion once this update is through, undefined while there is none.
   * A plain value: whether an endpoint exists depends on it. Whatever uses it depends on the gate.
   */
  readonly championVersion: string | undefined;
  /**
   * The version that can be tried beside the champion: nominated, measured, and refused. Undefined where there
   * is none; what could not be judged is none either. A plain value, as {@link championVersion} is.
   */
  readonly challengerVersion: string | undefined;
  readonly model: RegisteredModel;
  /** The version that the gate's own update left as champion; in a preview, the one that it will; or `none`. */
  declare private readonly left: pulumi.Output<string>;
  /** The version that the gate's own update judged, null if none was nominated. */
  declare private readonly candidate: pulumi.Output<Pick<Candidate, "version"> | null>;
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
    const standing = await readStanding(
      await programConnection(),
      args.model.fullName,
      args.rules.map((rule) => rule.metric),
    ).catch((error: unknown) => {
      throw new pulumi.RunError(error instanceof Error ? error.message : String(error));
    });
    return new PromotionGate(name, args, standing, opts);
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
    return this.candidate.apply((judged) =>
      challenged(this.model.fullName, version, judged?.version ?? "none"),
    );
  }

  private constructor(
    name: string,
    args: PromotionGateArgs,
    standing: Standing,
    opts: pulumi.CustomResourceOptions = {},
  ) {
    const verdict = decide(standing.candidate, args.rules);
    const championVersion =
      verdict.outcome === "promoted" ? standing.candidate?.version : standing.champion?.version;
    const inputs: GateInputs = {
      model: args.model.fullName,
      rules: args.rules,
      onFailure: args.onFailure ?? "hold",
      candidate: standing.candidate,
      verdict,
      observed: standing.champion,
      lost: standing.lost,
      left: championVersion ?? "none",
    };
    super(
      provider,
      name,
      { ...inputs, champion: undefined, previousChampion: undefined, promotedAt: undefined },
      pulumi.mergeOptions({ dependsOn: [args.model], parent: args.model.platform.parent }, opts),
      "mlops",
      "PromotionGate",
    );
    this.model = args.model;
    this.verdict = verdict;
    this.championVersion = championVersion;
    this.challengerVersion = challenger(verdict, standing.candidate, championVersion);
    this.summary = `${standing.candidate === null ? "" : `v${standing.candidate.version} `}${verdict.outcome}: ${verdict.reason}`;
    announce(verdictLine(inputs), verdict.outcome, args.howToTrain, this);
  }
}

function announce(
  line: string,
  outcome: Outcome,
  howToTrain: string | undefined,
  gate: PromotionGate,
): void {
  const hint = outcome === "waiting" && howToTrain !== undefined ? `; train it: ${howToTrain}` : "";
  const say =
    outcome === "refused" || outcome === "inconclusive" ? pulumi.log.warn : pulumi.log.info;
  void say(`${line}${hint}`, gate);
}

function challenger(
  { outcome }: Verdict,
  candidate: Candidate | null,
  championVersion: string | undefined,
): string | undefined {
  const isRival = championVersion !== undefined && candidate?.version !== championVersion;
  return outcome === "refused" && isRival ? candidate?.version : undefined;
}

/** @throws pulumi.RunError if the gate left another version than `version`. */
export function confirmed(model: string, version: string, left: string): string {
  return sameOrRefused(model, version, left, `left ${left} as champion`);
}

/** @throws pulumi.RunError if the gate judged another version than `version`. */
export function challenged(model: string, version: string, judged: string): string {
  return sameOrRefused(model, version, judged, `judged ${judged} as challenger`);
}

function sameOrRefused(model: string, version: string, found: string, did: string): string {
  if (found === version) return version;
  const refusal = new pulumi.RunError(
    `Version ${version} of ${model} is not served: the promotion gate ${did}. ` +
      "Update the gate too, without --target or --exclude.",
  );
  // The SDK shows the stack of what an output throws, which is none of the user's.
  delete refusal.stack;
  throw refusal;
}
