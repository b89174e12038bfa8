import { randomUUID } from "node:crypto";
import { z } from "zod";
import { invalid } from "../errors";
import {
  destinationConfig,
  destinations,
  readConfig,
  requireDestination,
  shownDestination,
  typeOf,
  type Destination,
} from "../notificationDestinations";
import { page } from "../paging";
import { operation, queryInt, type Operation } from "../route";

const path = "/api/2.0/notification-destinations";
const params = z.strictObject({ id: z.string() });
const display_name = z.string().min(1);

/**
 * Who is told, and how (https://docs.databricks.com/api/workspace/notificationdestinations). URLs, keys and
 * passwords are secrets: no answer holds them.
 */
export const notificationDestinationOperations: Operation[] = [
  operation(`POST ${path}`, {
    answers: "settings.NotificationDestination",
    body: z.strictObject({ display_name, config: destinationConfig }),
    handle: ({ body, workspace }) => {
      const { lacks, ...config } = readConfig(workspace, body.config);
      if (lacks !== undefined) throw invalid(`config.${config.kind}.${lacks} must be given.`);
      const record = { id: randomUUID(), display_name: body.display_name, ...config };
      destinations(workspace).put(record.id, record);
      return shownDestination(record);
    },
  }),
  operation(`GET ${path}`, {
    answers: "settings.ListNotificationDestinationsResponse",
    query: z.strictObject({
      page_size: queryInt.min(0).optional(),
      page_token: z.string().optional(),
    }),
    handle: ({ query, workspace }) => {
      const all = destinations(workspace).list();
      const { items, ...next } = page(all, query.page_size, query.page_token);
      const results = items.map(({ id, display_name, kind }) => ({
        id,
        display_name,
        destination_type: typeOf(kind),
      }));
      return { results, ...next };
    },
  }),
  operation(`GET ${path}/:id`, {
    answers: "settings.NotificationDestination",
    params,
    handle: ({ params: { id }, workspace }) => shownDestination(requireDestination(workspace, id)),
  }),
  operation(`PATCH ${path}/:id`, {
    answers: "settings.NotificationDestination",
    params,
    body: z.strictObject({
      display_name: display_name.exactOptional(),
      config: destinationConfig.exactOptional(),
    }),
    handle: ({ params: { id }, body, workspace }) => {
      const record = requireDestination(workspace, id);
      const config = body.config === undefined ? record : readConfig(workspace, body.config);
      if (config.kind !== record.kind)
        throw invalid(
          `The type of notification destination '${id}' is ${typeOf(record.kind)} and cannot change.`,
        );
      const changed: Destination = {
        ...record,
        display_name: body.display_name ?? record.display_name,
        addresses: config.addresses,
        // A secret that is not sent again stays: nobody could have read it to send it.
        secrets: [...new Set([...record.secrets, ...config.secrets])],
        sealed: { ...record.sealed, ...config.sealed },
      };
      destinations(workspace).put(id, changed);
      return shownDestination(changed);
    },
  }),
  operation(`DELETE ${path}/:id`, {
    answers: "raw",
    params,
    handle: ({ params: { id }, workspace }) => {
      destinations(workspace).delete(requireDestination(workspace, id).id);
    },
  }),
];
