package main

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
)

// junitSuites is the form of JUnit, as GitLab, Jenkins and others read it.
type junitSuites struct {
	XMLName xml.Name      `xml:"testsuites"`
	Suites  []*junitSuite `xml:"testsuite"`
}

// junitSuite is the tests of a file.
type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitMessage `xml:"failure"`
	Error   *junitMessage `xml:"error"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// suite is that of a file, added at its first use.
func (s *junitSuites) suite(name string) *junitSuite {
	for _, known := range s.Suites {
		if known.Name == name {
			return known
		}
	}
	s.Suites = append(s.Suites, &junitSuite{Name: name})
	return s.Suites[len(s.Suites)-1]
}

func (s *junitSuite) add(c junitCase) {
	s.Tests++
	if c.Failure != nil {
		s.Failures++
	}
	if c.Error != nil {
		s.Errors++
	}
	s.Cases = append(s.Cases, c)
}

// suitesOf are the tests of a report by file, and what each list's cases reach as one more.
func (l language) suitesOf(report *eldercare.TestReport, least int) *junitSuites {
	all := &junitSuites{}
	for _, t := range report.Tests {
		c := junitCase{Name: t.Name, Class: t.Pos.File, File: t.Pos.File, Line: t.Pos.Line}
		if !t.Passed() {
			lines := []string{}
			for _, d := range t.Differences {
				lines = append(lines, fmt.Sprintf("%s:%d\n- %s\n+ %s", d.Pos.File, d.Pos.Line, named(d.Service)+l.sentence(d.Want), named(d.Service)+l.sentence(d.Got)))
			}
			c.Failure = &junitMessage{Message: l.sentence(t.Failed), Text: strings.Join(lines, "\n")}
			if t.Failed == "" {
				c.Failure.Message = l.counted(len(t.Differences), "difference")
			}
		}
		all.suite(t.Pos.File).add(c)
	}
	for _, cover := range report.Coverage {
		c := junitCase{Name: l.text("coverage, at least %d %%", least), Class: cover.Pos.File, File: cover.Pos.File, Line: 1}
		if cover.Percent() < least {
			var lines []string
			for _, g := range cover.Missing {
				lines = append(lines, fmt.Sprintf("%s:%d: %s", g.Pos.File, g.Pos.Line, l.notReached(g)))
			}
			c.Failure = &junitMessage{Message: l.text("%d of %d reached, %d %%", cover.Reached, cover.Of, cover.Percent()), Text: strings.Join(lines, "\n")}
		}
		all.suite(cover.Pos.File).add(c)
	}
	return all
}

// problemSuites are what is wrong with files of lists, rules and tests, each as a test with an
// error. What is wrong with no file is a fault of the run.
func problemSuites(problems policy.Diagnostics) *junitSuites {
	all := &junitSuites{}
	for _, d := range problems {
		of := cmp.Or(d.Pos.File, "eldercare")
		all.suite(of).add(junitCase{
			Name: d.Code, Class: of, File: d.Pos.File, Line: d.Pos.Line, Error: &junitMessage{Message: d.Summary, Text: d.String()},
		})
	}
	return all
}

// writeJUnit writes suites as XML.
func writeJUnit(out io.Writer, all *junitSuites) error {
	if _, err := io.WriteString(out, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(out)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(out, "\n")
	return err
}
