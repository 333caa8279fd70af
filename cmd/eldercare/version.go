package main

import (
	"errors"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
)

// version tells what the program was built from, and which lists it answers from.
type version struct {
	Version  string                  `json:"version"`
	Revision string                  `json:"revision,omitempty"`
	Modified bool                    `json:"modified,omitempty"` // the working tree differed from the revision
	Go       string                  `json:"go"`
	OPA      string                  `json:"opa"`
	Lists    []digestedOf            `json:"lists"`
	Replaced []eldercare.Replacement `json:"replaced,omitempty"` // files by which folders change what is not their own
}

// digestedOf returns the digest that the decisions for a jurisdiction carry.
type digestedOf struct {
	Jurisdiction string `json:"jurisdiction"`
	Digest       string `json:"digest"`
}

func versionCommand(c *common) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Show the version of the program and of its lists",
		Long: `Version shows what the program was built from. For each jurisdiction with a list
in force it shows the digest that its decisions carry. Equal digests mean equal
rules.`,
		Example: `  eldercare version
  eldercare version --dir mylists --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v := buildVersion()
			engine, err := c.load(cmd.Context())
			if err != nil {
				return err
			}
			if v.Lists, err = c.digests(engine); err != nil {
				return err
			}
			v.Replaced = engine.Replaced()
			return c.printVersion(v)
		},
	}
	c.flags(cmd, "table", "json")
	return cmd
}

// digests returns the digests of the lists in force on the day.
func (c *common) digests(engine *eldercare.Engine) ([]digestedOf, error) {
	all := []digestedOf{}
	for _, j := range engine.Jurisdictions() {
		digest, err := engine.Digest(j.ID, c.day(engine))
		if errors.As(err, new(*eldercare.NotInForceError)) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, digestedOf{j.ID, digest})
	}
	return all, nil
}

func (c *common) printVersion(v version) error {
	if c.format.value == "json" {
		return printJSON(c.stdout, []version{v})
	}
	p := newPage(c.stdout, c.lang)
	revision := v.Revision
	if v.Modified {
		revision += p.text(" (modified)")
	}
	parts := [][2]string{{"eldercare", p.text(v.Version)}, {p.text("revision"), revision}, {"go", v.Go}, {"opa", p.text(v.OPA)}}
	for _, l := range v.Lists {
		parts = append(parts, [2]string{l.Jurisdiction, strings.TrimPrefix(l.Digest, "sha256:")})
	}
	for _, r := range v.Replaced {
		parts = append(parts, [2]string{p.text("replaced"), p.sentence(r.String())})
	}
	for _, part := range parts {
		if part[1] != "" {
			p.line(pad(part[0], 10)+" ", plain, part[1])
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
