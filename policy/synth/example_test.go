package synth_test

import (
	"bytes"
	"context"
	"fmt"
	"log"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/synth"
)

// A register of elders who do not exist, to try a program on.
func Example() {
	ctx := context.Background()
	words, err := eldercare.LoadVocabulary()
	if err != nil {
		log.Fatal(err)
	}
	made, err := synth.New(words, synth.Options{Elders: 1000, Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	var text bytes.Buffer
	out, err := register.CSV{}.Create(ctx, &text, made.Columns())
	if err != nil {
		log.Fatal(err)
	}
	tally, err := made.Write(ctx, out)
	if err != nil {
		log.Fatal(err)
	}
	if err := out.Close(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(tally.Elders, "elders on", bytes.Count(text.Bytes(), []byte("\n")), "lines")
	// Output: 1000 elders on 1001 lines
}
