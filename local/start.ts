import { startAlerts } from "./alerts/service";
import { operations } from "./api";
import { resumeMonitors } from "./dataQuality/lifecycle";
import { Jobs, setJobs } from "./jobs/service";
import { startLakehouse } from "./lakehouse";
import { MlflowServer, setMlflow } from "./mlflow/server";
import { senderOf } from "./notifications/deliver";
import { servePage } from "./page/serve";
import { createServer } from "./server";
import { ModelServing, setServing } from "./serving/modelServing";
import { Workspace } from "./workspace";

/** What {@link startWorkspace} needs. */
export interface StartOptions {
  /** Folder that holds everything the workspace keeps. */
  readonly root: string;
  /** The Python interpreter with the locked packages. */
  readonly python: string;
  /** Port on the loopback interface; 0 or none for any free one. */
  readonly port?: number;
  /** File that every answered call is noted in, for the fidelity table; see `recordCalls.ts`. */
  readonly record?: string | undefined;
}

/** A workspace that answers. */
export interface RunningWorkspace {
  /** e.g. `http://127.0.0.1:8686`: the host for clients and providers. */
  readonly url: string;
  readonly token: string;
  readonly workspace: Workspace;
  /** Stops answering, then ends the services. */
  close(): Promise<void>;
}

/**
 * Starts the services side by side and resolves when all of them are ready and the workspace listens.
 * @throws Error when the port is taken or a service cannot be started; nothing is left running then.
 */
export async function startWorkspace(options: StartOptions): Promise<RunningWorkspace> {
  const workspace = new Workspace(options);
  const server = createServer(workspace, operations, options.record);
  servePage(server, workspace);
  const close = async () => {
    await server.close();
    await workspace.close();
  };
  try {
    // Listening first finds a taken port before anything slow begins.
    workspace.url = await server.listen({ host: "127.0.0.1", port: options.port ?? 0 });
    // Before the services: what these have to tell when they stop is still written.
    const sender = senderOf(workspace);
    const lakehouse = startLakehouse(workspace);
    const jobs = setJobs(workspace, new Jobs(workspace));
    const mlflow = setMlflow(workspace, new MlflowServer(workspace));
    workspace.onClose(() => mlflow.stop());
    const serving = setServing(workspace, new ModelServing(workspace));
    workspace.onClose(() => serving.stop());
    // What was registered last is closed first: tasks still use MLflow.
    workspace.onClose(() => jobs.close());
    await Promise.all([lakehouse.ready, mlflow.ready, sender.resume()]);
    serving.resume();
    await resumeMonitors(workspace);
    startAlerts(workspace);
    // Queued runs and schedules need all the others.
    jobs.start();
    return { url: workspace.url, token: workspace.token, workspace, close };
  } catch (error) {
    await close();
    throw error;
  }
}
