import type { Workspace } from "./workspace";

/** How the modules of a service reach the one that a workspace has. */
export interface ServiceOf<T> {
  /** @throws Error for a workspace that was not given one. */
  readonly of: (workspace: Workspace) => T;
  /** Gives the workspace its service, which is handed back. */
  readonly set: (workspace: Workspace, service: T) => T;
}

/**
 * Keeps one service for each workspace, in the service's own module: the workspace itself knows no service.
 * @param name - What is missing, in the error's message; e.g. `the SQL engine`.
 */
export function serviceOf<T extends object>(name: string): ServiceOf<T> {
  const services = new WeakMap<Workspace, T>();
  return {
    of: (workspace) => {
      const service = services.get(workspace);
      if (service === undefined) throw new Error(`Not started for this workspace: ${name}.`);
      return service;
    },
    set: (workspace, service) => {
      services.set(workspace, service);
      return service;
    },
  };
}
