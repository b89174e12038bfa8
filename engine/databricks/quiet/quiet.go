// Package quiet silences the standard logger while packages are initialised. The Databricks
// provider builds its schemas then and warns about them; Terraform hides a plugin's standard error,
// Pulumi prints it. Go initialises imports in the order of their paths, so main imports this
// package as the very first.
package quiet

import (
	"io"
	"log"
	"os"
)

func init() { log.SetOutput(io.Discard) }

// Off lets the standard logger speak again.
func Off() { log.SetOutput(os.Stderr) }
