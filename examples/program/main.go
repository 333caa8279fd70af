// Command program shows how a Go program asks what an elder is owed.
package main

import (
	"context"
	"fmt"
	"log"
	"maps"
	"slices"

	"github.com/basic-eldercare/eldercare"
)

func main() {
	ctx := context.Background()
	engine, err := eldercare.Load(ctx)
	if err != nil {
		log.Fatal(err)
	}
	elder := eldercare.Elder{"id": "H-100", "age": 100, "local_hukou": true}
	decision, err := engine.Evaluate(ctx, "hongtong", elder, eldercare.OnDate("2026-11-22"))
	if err != nil {
		log.Fatal(err)
	}
	for _, service := range decision.Entitled {
		fmt.Println(service.Item, service.Name, service.Cite)
		for _, measure := range slices.Sorted(maps.Keys(service.Promises)) {
			promise := service.Promises[measure]
			if promise.Open() {
				fmt.Println("  ", measure, "is open")
			} else {
				fmt.Println("  ", measure, promise.Bound, promise.Value)
			}
		}
	}
	fmt.Println("a month:", decision.MonthlyCNY.Bound, decision.MonthlyCNY.Value, "yuan")
}
