/*
 * The shape of `npm run models -- --json`. What is not there is told apart from what is not known:
 * - `known`: the fields beside it say what;
 * - `none`: it could be there and is not, e.g. no version is champion yet;
 * - `not configured`: the model's stack has no such thing, e.g. no endpoint;
 * - `unknown`: it could not be found out, and `reason` says why.
 */

/** Something that was not found out, and why. */
export interface Unknown {
  readonly status: "unknown";
  readonly reason: string;
}

/** A fact about a model. */
export type Fact<T extends object> =
  | ({ readonly status: "known" } & T)
  | { readonly status: "none" }
  | { readonly status: "not configured" }
  | Unknown;

/** The version that serves. */
export interface Champion {
  readonly version: string;
  /** When it became champion, or, where the gate does not say, when it was registered; RFC 3339. */
  readonly since?: string;
}

/** The version that training nominated, unless it is champion already. */
export interface Challenger {
  readonly version: string;
  /** When it was registered, RFC 3339. */
  readonly since?: string;
}

/** What the gate said about the newest nominated version, or about the champion where there is none. */
export interface GateVerdict {
  readonly version: string;
  /**
   * `waiting`: the next update decides. `bypassed`: champion without the gate's verdict, or by evidence that was
   * changed. `rejected`: by people or by its canary. `canary`: it answers a share of the traffic.
   */
  readonly verdict:
    | "promoted"
    | "refused"
    | "inconclusive"
    | "error"
    | "canary"
    | "rejected"
    | "waiting"
    | "bypassed";
  /** The measured values with their bounds, or what people said. */
  readonly reason?: string;
}

/** A serving endpoint. */
export interface Endpoint {
  readonly name: string;
  /** `behind`: it answers, but its last update failed, so with the versions of before. */
  readonly health: "ready" | "updating" | "behind" | "not ready" | "failed" | "missing";
  /** The versions that answer. */
  readonly versions: readonly string[];
  /** Why the last update failed. */
  readonly failure?: string;
}

/** What is known of drift: the alert's last evaluation, and the score that it looks at. */
export interface Drift {
  readonly state: "ok" | "drifted" | "error" | "not evaluated";
  /** When the alert looked last, RFC 3339. */
  readonly evaluatedAt?: string;
  /** The score above which there is drift. */
  readonly threshold?: number;
  /** The score of the last window that counts, the column that it is of, and when the window began. */
  readonly score?: number;
  readonly column?: string;
  readonly windowStart?: string;
  /** Why there is no score. */
  readonly scoreReason?: string;
}

/** A model in one environment. */
export interface ModelRow {
  /** As its stack's folder is called: `customer-churn`. */
  readonly name: string;
  /** Its full name in Unity Catalog; none if its stack registers no model. */
  readonly registeredModel?: string;
  readonly owner: string;
  readonly champion: Fact<Champion>;
  readonly challenger: Fact<Challenger>;
  readonly gate: Fact<GateVerdict>;
  readonly endpoints: Fact<{ readonly list: readonly Endpoint[] }>;
  readonly drift: Fact<Drift>;
}

/** One environment. */
export interface EnvironmentRow {
  /** The stack's name. */
  readonly stack: string;
  /**
   * `unknown`: its state or its workspace could not be read; what the state says is still listed.
   * `none`: nothing is deployed there.
   */
  readonly status: "known" | "none" | "unknown";
  readonly reason?: string;
  /** The address of its workspace. */
  readonly workspace?: string;
  readonly models: readonly ModelRow[];
}

/** All of it. */
export interface Fleet {
  /** Raised when a field changes its meaning or goes; fields may be added at any time. */
  readonly formatVersion: 1;
  /** RFC 3339. */
  readonly readAt: string;
  readonly environments: readonly EnvironmentRow[];
}
