package main

import (
	"context"
	"errors"
	"strings"

	"github.com/databricks/databricks-sdk-go/useragent"
	"github.com/databricks/terraform-provider-databricks/internal/providers/pluginfw"
	"github.com/databricks/terraform-provider-databricks/internal/providers/sdkv2"
	pfbridge "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/walk"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/x/muxer"
	"github.com/pulumi/pulumi-terraform-bridge/v3/unstable/metadata"
)

// version says what this plugin serves, the interface of Pulumi's SDK of that version, and as build
// metadata what it is made of.
const version = "1.110.0+terraform.1.126.0"

// provider describes the bridged provider. Pulumi's package computes what the bridge has to know
// about the schemas when it is released and stores it; here it is computed at each start, in 0.1 s.
func provider(ctx context.Context) (tfbridge.ProviderInfo, error) {
	sdkVersion, _, _ := strings.Cut(version, "+")
	useragent.WithUserAgentExtra("pulumi", sdkVersion)

	shim := pfbridge.MuxShimWithPF(ctx,
		shimv2.NewProvider(sdkv2.DatabricksProvider()),
		pluginfw.GetDatabricksProviderPluginFramework())
	info := tfbridge.ProviderInfo{
		P:            shim,
		Name:         "databricks",
		Version:      version,
		MetadataInfo: tfbridge.NewProviderMetadata(nil),
		IgnoreMappings: []string{
			// Replaced upstream by databricks_mount.
			"databricks_aws_s3_mount",
			"databricks_azure_adls_gen1_mount",
			"databricks_azure_adls_gen2_mount",
			"databricks_azure_blob_mount",
			// A preview of a data source that is there under its own name.
			"databricks_cluster_pluginframework",
		},
		Resources: resources(),
		DataSources: map[string]*tfbridge.DataSourceInfo{
			"databricks_aws_crossaccount_policy": {
				Tok: tfbridge.MakeDataSource("databricks", "index", "getAwsCrossAccountPolicy"),
			},
		},
	}
	strategy := tokens.SingleModule("databricks_", "index", tokens.MakeStandard("databricks"))
	info.MustComputeTokens(strategy.Ignore("_pluginframework"))
	info.SetAutonaming(255, "-")
	if err := idsAsStrings(&info); err != nil {
		return info, err
	}
	resolver, ok := shim.(interface {
		ResolveDispatch(*tfbridge.ProviderInfo) (muxer.DispatchTable, error)
	})
	if !ok {
		return info, errors.New("the bridge's muxed provider no longer has ResolveDispatch")
	}
	dispatch, err := resolver.ResolveDispatch(&info)
	if err != nil {
		return info, err
	}
	return info, metadata.Set(info.GetMetadata(), "mux", dispatch)
}

// idsAsStrings makes 64-bit ids strings, as in Pulumi's SDK: Pulumi's numbers are float64.
func idsAsStrings(info *tfbridge.ProviderInfo) error {
	isID := map[string]bool{"workspace_id": true, "principal_id": true}
	visit := func(property tfbridge.PropertyVisitInfo) (tfbridge.PropertyVisitResult, error) {
		path := property.SchemaPath()
		step, ok := path[len(path)-1].(walk.GetAttrStep)
		if !ok || !isID[step.Name] {
			return tfbridge.PropertyVisitResult{}, nil
		}
		property.SchemaInfo().Type = "string"
		return tfbridge.PropertyVisitResult{HasEffect: true}, nil
	}
	err := tfbridge.TraverseProperties(info, "ids", visit, tfbridge.TraverseForEffect(false))
	if err != nil {
		return err
	}
	// The traversal describes an object's fields on the object instead of on its element, where the
	// bridge looks for them: https://github.com/pulumi/pulumi-terraform-bridge/issues/2803.
	for name, resource := range info.Resources {
		fieldsToElement(resource.Fields["provider_config"])
		if name == "databricks_account_network_policy" {
			fieldsToElement(resource.Fields["ingress"])
			fieldsToElement(resource.Fields["ingress_dry_run"])
		}
	}
	for _, source := range info.DataSources {
		fieldsToElement(source.Fields["provider_config"])
	}
	return nil
}

func fieldsToElement(schema *tfbridge.SchemaInfo) {
	if schema == nil {
		return
	}
	if len(schema.Fields) > 0 {
		if schema.Elem == nil {
			schema.Elem = &tfbridge.SchemaInfo{}
		}
		if schema.Elem.Fields == nil {
			schema.Elem.Fields = map[string]*tfbridge.SchemaInfo{}
		}
		for name, field := range schema.Fields {
			schema.Elem.Fields[name] = field
		}
		schema.Fields = nil
	}
	if schema.Elem == nil {
		return
	}
	for _, field := range schema.Elem.Fields {
		fieldsToElement(field)
	}
}
