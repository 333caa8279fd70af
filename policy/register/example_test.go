package register_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"log"
	"strings"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/register"
)

// A register as CSV, with headers and cells as clerks write them. It is answered row by row, and a
// row that cannot be read is refused.
func Example() {
	ctx := context.Background()
	engine, err := eldercare.Load(ctx, eldercare.WithJurisdictions("shuozhou"))
	if err != nil {
		log.Fatal(err)
	}
	rules, err := engine.Rules(ctx, "shuozhou", eldercare.Date{Year: 2026, Month: 11, Day: 22})
	if err != nil {
		log.Fatal(err)
	}
	in, err := register.CSV{}.Open(ctx, strings.NewReader("编号,年龄,本地户籍\nS-1,80,是\nS-2,七十九岁,是\nS-3,很老,是\n"), "")
	if err != nil {
		log.Fatal(err)
	}
	r, err := register.New(rules.AssumeKnown(true), in, register.Options{MaxErrors: -1})
	if err != nil {
		log.Fatal(err)
	}
	var answers bytes.Buffer
	out, err := register.CSV{}.Create(ctx, &answers, r.Columns())
	if err != nil {
		log.Fatal(err)
	}
	tally, err := r.Answer(ctx, out, func(p register.Problem) error {
		fmt.Println("row", p.Row, p.Column, p.Code)
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := out.Close(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(tally.Answered, "answered,", tally.Refused, "refused")
	rows, err := csv.NewReader(&answers).ReadAll()
	if err != nil {
		log.Fatal(err)
	}
	for i, header := range rows[0] {
		if header == "monthly_cny" {
			fmt.Println("row 1:", rows[1][i])
			fmt.Println("row 2:", rows[2][i])
		}
	}
	// Output:
	// row 3 年龄 unreadable
	// 2 answered, 1 refused
	// row 1: 30
	// row 2: 0
}
