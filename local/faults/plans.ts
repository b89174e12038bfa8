import type { FaultPlan, FaultRule } from "./rule";

/** What rules are asked about. */
export interface Seen {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  /** Who signed it; see `callerOf`. */
  readonly caller: string;
}

/** A rule, and what it has done so far. */
export type Shown = FaultRule & { readonly seen: number; readonly struck: number };

/** An answer that was given to a read. */
export interface Answered {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** A rule that strikes at the request that it was asked about. */
export interface Strike {
  readonly rule: FaultRule;
  /** What the rule has seen answered to reads, by caller and URL; only of the kind `stale`. */
  readonly answered: Map<string, Answered>;
  /** Counts it; what turns out to have no effect is not counted. */
  note(): void;
}

/** One list of rules at work. */
class Plan {
  readonly #rules: readonly Rule[];

  constructor(
    readonly seed: number,
    rules: readonly FaultRule[],
  ) {
    // Each rule has random numbers of its own: what another one does leaves them as they are.
    this.#rules = rules.map(
      (rule, n) => new Rule(rule, random(seed ^ Math.imul(n + 1, 0x85ebca6b))),
    );
  }

  strike(request: Seen): Strike | undefined {
    for (const rule of this.#rules) {
      const strike = rule.strike(request);
      if (strike !== undefined) return strike;
    }
    return undefined;
  }

  shown(): Shown[] {
    return this.#rules.map((rule) => rule.shown());
  }
}

class Rule {
  readonly #path: RegExp;
  readonly #answered = new Map<string, Answered>();
  #seen = 0;
  #struck = 0;

  constructor(
    readonly rule: FaultRule,
    private readonly draw: () => number,
  ) {
    const parts = rule.path.split("*").map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, "\\$&"));
    this.#path = new RegExp(`^${parts.join(".*")}$`);
  }

  strike({ method, path }: Seen): Strike | undefined {
    const { rule } = this;
    if ((rule.method ?? method) !== method || !this.#path.test(path)) return undefined;
    this.#seen += 1;
    if (this.#seen <= rule.offset || this.#struck >= (rule.count ?? Infinity)) return undefined;
    if (this.draw() >= rule.probability) return undefined;
    return {
      rule,
      answered: this.#answered,
      note: () => {
        this.#struck += 1;
      },
    };
  }

  shown(): Shown {
    return { ...this.rule, seen: this.#seen, struck: this.#struck };
  }
}

/** What a caller sees: the rules for everyone, and those for itself. */
export type ShownPlans = Partial<
  Record<FaultPlan["scope"], { readonly seed: number; readonly rules: readonly Shown[] }>
>;

/** The faults of one workspace: one list for everyone, and one for each caller that has set its own. */
export class FaultPlans {
  #everyone: Plan | undefined;
  readonly #own = new Map<string, Plan>();

  /** Whether there is any rule; without one, nothing else is asked. */
  get isOn(): boolean {
    return this.#everyone !== undefined || this.#own.size > 0;
  }

  /** Puts rules in the place of those that had the same scope. */
  set(caller: string, { scope, seed, rules }: FaultPlan): void {
    const plan = new Plan(seed, rules);
    if (scope === "everyone") this.#everyone = plan;
    else this.#own.set(caller, plan);
  }

  clear(caller: string, scope: FaultPlan["scope"]): void {
    if (scope === "everyone") this.#everyone = undefined;
    else this.#own.delete(caller);
  }

  /** The rule that strikes at a request, if one does; a caller's own come first. */
  strike(request: Seen): Strike | undefined {
    return this.#own.get(request.caller)?.strike(request) ?? this.#everyone?.strike(request);
  }

  shown(caller: string): ShownPlans {
    const own = this.#own.get(caller);
    const show = (plan: Plan) => ({ seed: plan.seed, rules: plan.shown() });
    return {
      ...(this.#everyone === undefined ? {} : { everyone: show(this.#everyone) }),
      ...(own === undefined ? {} : { caller: show(own) }),
    };
  }
}

/** Numbers in [0, 1) that follow from a seed, after SplitMix: https://doi.org/10.1145/2660193.2660195 */
function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
