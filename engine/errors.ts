/** Something the user can put right; its message is the one line to show. */
export class EngineError extends Error {
  override readonly name = "EngineError";
}
