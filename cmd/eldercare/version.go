package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is what the program was built from.
type version struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Modified bool   `json:"modified,omitempty"` // the tree differed from the revision
	Go       string `json:"go"`
	OPA      string `json:"opa"`
}

func versionCommand(c *common) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Say which version this is",
		Example: `  eldercare version
  eldercare version --format json`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return c.printVersion(buildVersion()) },
	}
	c.formatFlag(cmd, "table", "json")
	return cmd
}

func (c *common) printVersion(v version) error {
	if c.format.value == "json" {
		return printJSON(c.stdout, []version{v})
	}
	p := newPage(c.stdout)
	revision := v.Revision
	if v.Modified {
		revision += " (modified)"
	}
	for _, part := range [][2]string{{"eldercare", v.Version}, {"revision", revision}, {"go", v.Go}, {"opa", v.OPA}} {
		if part[1] != "" {
			p.line(pad(part[0], 10), plain, part[1])
		}
	}
	return p.out.Flush()
}

func buildVersion() version {
	v := version{Version: "unknown", Go: runtime.Version(), OPA: "unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	v.Version = info.Main.Version
	for _, dep := range info.Deps {
		if dep.Path == "github.com/open-policy-agent/opa" {
			v.OPA = dep.Version
		}
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}
