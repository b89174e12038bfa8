// Command pulumi-resource-databricks is Databricks' own Terraform provider behind Pulumi's bridge:
// the same composition as Pulumi's databricks package, from modules that a Go proxy serves.
package main

import (
	quiet "github.com/databricks/terraform-provider-databricks/bridge/quiet" // first, see there

	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
)

func main() {
	quiet.Off()
	go exitWithParent()
	ctx := context.Background()
	info, err := provider(ctx)
	if err == nil {
		// Node programs carry their types in the SDK and never ask the plugin for its schema.
		var schema []byte
		schema, err = json.Marshal(map[string]string{"name": info.Name, "version": info.Version})
		if err == nil {
			tfbridge.MainWithMuxer(ctx, info.Name, info, schema)
			return
		}
	}
	fmt.Fprintln(os.Stderr, "pulumi-resource-databricks:", err)
	os.Exit(1)
}

// exitWithParent ends this process when the engine is gone, also after a SIGKILL: an orphan gets
// another parent. Pulumi's own check notices only after minutes.
func exitWithParent() {
	for parent := os.Getppid(); os.Getppid() == parent; {
		time.Sleep(500 * time.Millisecond)
	}
	os.Exit(1)
}
