/** One program of the engine. */
export interface EnginePart {
  readonly path: string;
  readonly version: string;
  /** Where it comes from, for people. */
  readonly origin: string;
}

/** A Pulumi engine that is ready to run. */
export interface Engine {
  readonly cli: EnginePart;
  readonly provider: EnginePart;
  readonly languageHost: EnginePart;
  /** What to set over the process's own environment to run the CLI. */
  readonly env: Readonly<Record<string, string>>;
}
