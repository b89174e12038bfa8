import type { WriteStream } from "node:tty";

/** Where progress goes: a terminal shows one line that changes, anything else (CI) plain lines. */
export type Output = Pick<NodeJS.WriteStream, "write"> & Partial<Pick<WriteStream, "isTTY">>;

/** How often a log without a terminal hears that a step still runs. */
const logIntervalMs = 30_000;

/**
 * Runs one long step and shows its name, elapsed time, usual time and latest detail.
 *
 * @param step.usually Seconds that it takes on two cores.
 * @throws Whatever `work` throws; the step is shown as failed.
 */
export async function runStep<T>(
  output: Output,
  step: { readonly name: string; readonly usually: number },
  work: (detail: (text: string) => void) => Promise<T>,
): Promise<T> {
  const started = Date.now();
  let latest = "";
  const elapsed = (): string => minutes((Date.now() - started) / 1000);
  const status = (): string => {
    const times = `${elapsed()} of usually ${minutes(step.usually)}`;
    return `${step.name}: ${times}${latest && `, ${latest}`}`;
  };
  const clear = output.isTTY ? "\r\x1b[K" : "";
  const show = (): void => {
    output.write(output.isTTY ? `${clear}${status()}` : `${status()}\n`);
  };
  show();
  const timer = setInterval(show, output.isTTY ? 1000 : logIntervalMs);
  try {
    const result = await work((text) => {
      latest = text;
    });
    output.write(`${clear}${step.name}: done in ${elapsed()}\n`);
    return result;
  } catch (error) {
    output.write(`${clear}${step.name}: failed after ${elapsed()}\n`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}

function minutes(seconds: number): string {
  const whole = Math.round(seconds);
  return `${String(Math.floor(whole / 60))}:${String(whole % 60).padStart(2, "0")}`;
}
