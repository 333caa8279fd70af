package sql_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/sql"
)

// A list as SQL. The script makes a table to be filled with elders, and views that answer for all
// of them.
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
	script, err := sql.New(ctx, rules, sql.Options{Dialect: sql.PostgreSQL})
	if err != nil {
		log.Fatal(err)
	}
	for _, view := range []string{sql.DecisionView, sql.LongView, sql.TotalView, sql.RefusedView} {
		fmt.Println(view, strings.Contains(script.String(), `CREATE VIEW "`+view+`"`))
	}
	// Output:
	// decision true
	// decision_long true
	// decision_total true
	// refused true
}
