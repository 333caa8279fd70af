package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/basic-eldercare/eldercare/policy"
)

// problem is a finding of check or lint in the form that other programs take.
type problem struct {
	code     string
	severity policy.Severity
	pos      policy.Position
	message  string          // in English, by which it is the same in every language
	said     string          // the message in the language asked for
	related  policy.Position // the other side of a comparison; without a file when there is none
	accepted string          // the reason why the finding is accepted; empty when it is not
}

// loadProblems returns what is wrong with lists and rules.
func loadProblems(in language, all policy.Diagnostics) []problem {
	problems := make([]problem, len(all))
	for i, d := range all {
		message := d.Summary
		if d.Remedy != "" {
			message += "; " + d.Remedy
		}
		problems[i] = problem{code: d.Code, severity: d.Severity, pos: d.Pos, message: message, said: in.sentence(message)}
	}
	return problems
}

// writeGitHub writes problems as workflow commands, which become annotations of the lines
// concerned. It leaves out accepted ones.
func writeGitHub(out io.Writer, problems []problem) error {
	for _, p := range problems {
		if p.accepted != "" {
			continue
		}
		place := ""
		if p.pos.File != "" {
			place = fmt.Sprintf("file=%s,line=%d,", property(p.pos.File), max(1, p.pos.Line))
		}
		_, err := fmt.Fprintf(out, "::%s %stitle=%s::%s\n", p.severity, place, property("eldercare "+p.code), data(p.said))
		if err != nil {
			return err
		}
	}
	return nil
}

// data and property escape text as workflow commands require it.
var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func data(s string) string     { return dataEscapes.Replace(policy.PrintableLines(s)) }
func property(s string) string { return propertyEscapes.Replace(policy.Printable(s)) }

// writeSARIF writes problems as a SARIF 2.1.0 log with one run. Accepted problems are in it as
// suppressed results. Each result has a fingerprint by which it is the same one in a later run.
func writeSARIF(out io.Writer, problems []problem) error {
	run := sarif.NewRunWithInformationURI("eldercare", "https://github.com/basic-eldercare/eldercare")
	met := map[string]int{}
	for _, p := range problems {
		run.AddRule(p.code)
		result := run.CreateResultForRule(p.code).WithLevel(string(p.severity)).
			WithMessage(sarif.NewTextMessage(p.said))
		print := p.fingerprint()
		met[print]++
		print += ":" + strconv.Itoa(met[print])
		// The first is what code scanning of GitHub compares, be it of a line or not.
		result.WithPartialFingerprints(map[string]string{"primaryLocationLineHash": print, "eldercare/v1": print})
		if p.pos.File != "" {
			result.AddLocation(location(p.pos))
		}
		if p.related.File != "" {
			result.AddRelatedLocation(location(p.related))
		}
		if p.accepted != "" {
			result.AddSuppression(sarif.NewSuppression().WithKind("inSource").WithStatus("accepted").WithJustification(p.accepted))
		}
	}
	report := sarif.NewReport()
	report.AddRun(run)
	return report.PrettyWrite(out)
}

// lineNumbers are the places that a message names.
var lineNumbers = regexp.MustCompile(`(\.(?:yaml|rego)):\d+(?::\d+)?`)

// fingerprint identifies a problem by all but the lines where it stands. Several in one file may
// have the same.
func (p problem) fingerprint() string {
	text := lineNumbers.ReplaceAllString(p.message, "$1")
	sum := sha256.Sum256([]byte(strings.Join([]string{p.code, filepath.ToSlash(p.pos.File), text}, "\x00")))
	return hex.EncodeToString(sum[:8])
}

func location(pos policy.Position) *sarif.Location {
	file := url.URL{Path: filepath.ToSlash(pos.File)}
	physical := sarif.NewPhysicalLocation().WithArtifactLocation(sarif.NewSimpleArtifactLocation(file.String()))
	if pos.Line > 0 {
		region := sarif.NewRegion().WithStartLine(pos.Line)
		if pos.Column > 0 {
			region.WithStartColumn(pos.Column)
		}
		physical.WithRegion(region)
	}
	return sarif.NewLocation().WithPhysicalLocation(physical)
}
