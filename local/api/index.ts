import type { Operation } from "../route";
import { catalogOperations } from "./catalogs";
import { grantOperations } from "./grants";
import { identityOperations } from "./identity";
import { metastoreOperations } from "./metastore";
import { mlflowArtifactOperations } from "./mlflowArtifacts";
import { mlflowExperimentOperations } from "./mlflowExperiments";
import { mlflowFileOperations } from "./mlflowFiles";
import { mlflowLoggedModelOperations } from "./mlflowLoggedModels";
import { mlflowRunOperations } from "./mlflowRuns";
import { mlflowUnityCatalogOperations } from "./mlflowUnityCatalog";
import { mlflowUnityCatalogVersionOperations } from "./mlflowUnityCatalogVersions";
import { modelOperations } from "./models";
import { modelVersionOperations } from "./modelVersions";
import { permissionOperations } from "./permissions";
import { schemaOperations } from "./schemas";
import { tagOperations } from "./tags";
import { volumeOperations } from "./volumes";
import { workspaceBindingOperations } from "./workspaceBindings";

/** Every operation the workspace serves; one array per file of this folder. */
export const operations: readonly Operation[] = [
  ...catalogOperations,
  ...grantOperations,
  ...identityOperations,
  ...metastoreOperations,
  ...mlflowArtifactOperations,
  ...mlflowExperimentOperations,
  ...mlflowFileOperations,
  ...mlflowLoggedModelOperations,
  ...mlflowRunOperations,
  ...mlflowUnityCatalogOperations,
  ...mlflowUnityCatalogVersionOperations,
  ...modelOperations,
  ...modelVersionOperations,
  ...permissionOperations,
  ...schemaOperations,
  ...tagOperations,
  ...volumeOperations,
  ...workspaceBindingOperations,
];
