/** Status and code pairs as Databricks answers them: https://docs.databricks.com/api/workspace/introduction#errors */
const statusOf = {
  INVALID_PARAMETER_VALUE: 400,
  INVALID_STATE: 400,
  BAD_REQUEST: 400,
  RESOURCE_ALREADY_EXISTS: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  RESOURCE_DOES_NOT_EXIST: 404,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  RESOURCE_CONFLICT: 409,
  INTERNAL_ERROR: 500,
  NOT_IMPLEMENTED: 501,
  TEMPORARILY_UNAVAILABLE: 503,
} as const;

/** An error code of the Databricks REST interface. */
export type ErrorCode = keyof typeof statusOf | (string & {});

const isKnown = (code: string): code is keyof typeof statusOf => code in statusOf;

/** A refusal that reaches the caller in Databricks' shape: `{"error_code": …, "message": …}`. */
export class ApiError extends Error {
  /** HTTP status; follows from the code unless a family's own code needs another. */
  readonly status: number;

  constructor(
    readonly code: ErrorCode,
    message: string,
    status?: number,
  ) {
    super(message);
    this.name = "ApiError";
    this.status = status ?? (isKnown(code) ? statusOf[code] : 400);
  }

  /** The body of the answer. */
  toBody(): { error_code: string; message: string; details: [] } {
    return { error_code: this.code, message: this.message, details: [] };
  }
}

/** 404 `RESOURCE_DOES_NOT_EXIST`, e.g. `missing("Job", 17)` → "Job 17 does not exist." */
export function missing(
  what: string,
  name: string | number,
  code = "RESOURCE_DOES_NOT_EXIST",
): ApiError {
  return new ApiError(code, `${what} '${name}' does not exist.`, 404);
}

/** 400 `INVALID_PARAMETER_VALUE`. */
export function invalid(message: string): ApiError {
  return new ApiError("INVALID_PARAMETER_VALUE", message);
}

/** 501: what this workspace cannot do, said by name instead of being ignored. */
export function unsupported(call: string, what: string): ApiError {
  return new ApiError(
    "NOT_IMPLEMENTED",
    `${call}: ${what} is not supported by the local workspace.`,
  );
}
