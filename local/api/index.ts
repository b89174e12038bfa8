import type { Operation } from "../route";
import { alertOperations } from "./alerts";
import { catalogOperations } from "./catalogs";
import { constraintOperations } from "./constraints";
import { fileLinkOperations } from "./fileLinks";
import { fileOperations } from "./files";
import { fileUploadOperations } from "./fileUploads";
import { dataQualityMonitorOperations } from "./dataQualityMonitors";
import { dataQualityRefreshOperations } from "./dataQualityRefreshes";
import { externalLocationOperations } from "./externalLocations";
import { grantOperations } from "./grants";
import { identityOperations } from "./identity";
import { jobRunOperations } from "./jobRuns";
import { jobOperations } from "./jobs";
import { metastoreOperations } from "./metastore";
import { mlflowArtifactOperations } from "./mlflowArtifacts";
import { mlflowExperimentOperations } from "./mlflowExperiments";
import { mlflowFileOperations } from "./mlflowFiles";
import { mlflowLoggedModelOperations } from "./mlflowLoggedModels";
import { mlflowArtifactProxyOperations } from "./mlflowArtifactProxy";
import { mlflowModelVersionOperations } from "./mlflowModelVersions";
import { mlflowRegisteredModelOperations } from "./mlflowRegisteredModels";
import { mlflowRunOperations } from "./mlflowRuns";
import { mlflowUnityCatalogOperations } from "./mlflowUnityCatalog";
import { mlflowUnityCatalogVersionOperations } from "./mlflowUnityCatalogVersions";
import { modelOperations } from "./models";
import { modelVersionOperations } from "./modelVersions";
import { notificationDestinationOperations } from "./notificationDestinations";
import { oidcOperations } from "./oidc";
import { permissionOperations } from "./permissions";
import { schemaOperations } from "./schemas";
import { secretScopeOperations } from "./secretScopes";
import { servicePrincipalOperations } from "./servicePrincipals";
import { servingEndpointOperations } from "./servingEndpoints";
import { servingInvocationOperations } from "./servingInvocations";
import { statementOperations } from "./statements";
import { storageCredentialOperations } from "./storageCredentials";
import { tableOperations } from "./tables";
import { tagOperations } from "./tags";
import { volumeOperations } from "./volumes";
import { warehouseOperations } from "./warehouses";
import { workspaceBindingOperations } from "./workspaceBindings";
import { workspaceFileOperations } from "./workspaceFiles";

/** Every operation the workspace serves; one array per file of this folder. */
export const operations: readonly Operation[] = [
  ...alertOperations,
  ...catalogOperations,
  ...constraintOperations,
  ...fileLinkOperations,
  ...fileOperations,
  ...fileUploadOperations,
  ...dataQualityMonitorOperations,
  ...dataQualityRefreshOperations,
  ...externalLocationOperations,
  ...grantOperations,
  ...identityOperations,
  ...jobOperations,
  ...jobRunOperations,
  ...metastoreOperations,
  ...mlflowArtifactOperations,
  ...mlflowExperimentOperations,
  ...mlflowFileOperations,
  ...mlflowLoggedModelOperations,
  ...mlflowArtifactProxyOperations,
  ...mlflowModelVersionOperations,
  ...mlflowRegisteredModelOperations,
  ...mlflowRunOperations,
  ...mlflowUnityCatalogOperations,
  ...mlflowUnityCatalogVersionOperations,
  ...modelOperations,
  ...modelVersionOperations,
  ...notificationDestinationOperations,
  ...oidcOperations,
  ...permissionOperations,
  ...schemaOperations,
  ...secretScopeOperations,
  ...servicePrincipalOperations,
  ...statementOperations,
  ...storageCredentialOperations,
  ...tableOperations,
  ...servingEndpointOperations,
  ...servingInvocationOperations,
  ...tagOperations,
  ...volumeOperations,
  ...warehouseOperations,
  ...workspaceBindingOperations,
  ...workspaceFileOperations,
];
