package main

import (
	"context"
	"strings"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// resources names what the bridge cannot derive: how Pulumi's SDK differs from the Terraform
// schema, and which fields are the id of a resource that has no field called "id". The choices are
// those of Pulumi's databricks package, so that either plugin can take over the other's state.
func resources() map[string]*tfbridge.ResourceInfo {
	all := map[string]*tfbridge.ResourceInfo{
		// "Provider" is taken by the provider itself.
		"databricks_provider": {Tok: tfbridge.MakeResource("databricks", "index", "MetastoreProvider")},
		"databricks_group": {Fields: map[string]*tfbridge.SchemaInfo{
			"display_name": tfbridge.AutoName("displayName", 255, "-"),
		}},
		// Lists that the SDK took for single values when it was first released.
		"databricks_sql_endpoint": {Fields: map[string]*tfbridge.SchemaInfo{
			"odbc_params": {MaxItemsOne: tfbridge.True()},
		}},
		"databricks_automatic_cluster_update_workspace_setting": {Fields: map[string]*tfbridge.SchemaInfo{
			"automatic_cluster_update_workspace": {Elem: &tfbridge.SchemaInfo{
				Fields: map[string]*tfbridge.SchemaInfo{
					"enablement_details": {MaxItemsOne: tfbridge.True()},
				},
			}},
		}},
		"databricks_library":         renamedID("libraryId"),
		"databricks_quality_monitor": renamedID("monitorId"),

		"databricks_quality_monitor_v2": {ComputeID: joinedID("objectId", "objectType")},
		// Pulumi's package looks for the ids of these under names that its state does not have.
		"databricks_account_federation_policy":           {ComputeID: joinedID()},
		"databricks_entity_tag_assignment":               {ComputeID: joinedID()},
		"databricks_service_principal_federation_policy": {ComputeID: joinedID()},
	}
	for name, field := range map[string]resource.PropertyKey{
		"databricks_account_network_policy":            "networkPolicyId",
		"databricks_account_setting_v2":                "name",
		"databricks_app":                               "name",
		"databricks_apps_settings_custom_template":     "name",
		"databricks_budget_policy":                     "policyId",
		"databricks_database_database_catalog":         "name",
		"databricks_database_instance":                 "name",
		"databricks_database_synced_database_table":    "name",
		"databricks_materialized_features_feature_tag": "key",
		"databricks_online_store":                      "name",
		"databricks_workspace_network_option":          "workspaceId",
		"databricks_workspace_setting_v2":              "name",
	} {
		all[name] = &tfbridge.ResourceInfo{ComputeID: idFrom(field)}
	}
	return all
}

// idFrom takes the resource's id from a field, and fails where it is missing.
func idFrom(field resource.PropertyKey) tfbridge.ComputeID {
	const repository = "https://github.com/databricks/terraform-provider-databricks"
	return tfbridge.DelegateIDField(field, "databricks", repository)
}

// renamedID is for a resource whose own "id" the SDK shows under another name.
func renamedID(field resource.PropertyKey) *tfbridge.ResourceInfo {
	return &tfbridge.ResourceInfo{
		Fields:    map[string]*tfbridge.SchemaInfo{"id": {Name: string(field)}},
		ComputeID: idFrom(field),
	}
}

// joinedID joins the fields that have a value, and is "id" where none has.
func joinedID(fields ...resource.PropertyKey) tfbridge.ComputeID {
	return func(_ context.Context, state resource.PropertyMap) (resource.ID, error) {
		var parts []string
		for _, field := range fields {
			if value, ok := state[field]; ok && value.IsString() && value.StringValue() != "" {
				parts = append(parts, value.StringValue())
			}
		}
		if len(parts) == 0 {
			return "id", nil
		}
		return resource.ID(strings.Join(parts, "__")), nil
	}
}
