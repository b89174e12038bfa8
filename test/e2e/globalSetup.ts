import { ensurePython } from "../../cli/python/python";
import { obtainEngine } from "../../engine";

/** The tests run on the real engine and the locked Python packages. */
export default async function setup(): Promise<void> {
  await ensurePython();
  await obtainEngine();
}
