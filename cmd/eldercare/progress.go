package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/sql/postgres"
)

// progress shows on a terminal how far a register is, with rate and time left, and gives what hears
// of it; elsewhere nothing is shown, and nothing hears. In the end hide takes it away.
func (o *rosterOptions) progress(in *input, source register.Source) (seen func(register.Tally), hide func()) {
	if !isTerminal(o.stderr) || o.plan {
		return nil, func() {}
	}
	total, at := length(in, source)
	options := o.barOptions()
	if _, rows := source.(rowCounter); rows {
		options = append(options, progressbar.OptionShowIts(), progressbar.OptionSetItsString(o.lang.text("rows")))
	} else {
		options = append(options, progressbar.OptionShowBytes(true))
	}
	bar := progressbar.NewOptions64(total, options...)
	seen = func(t register.Tally) {
		bar.Describe(o.lang.counted(t.Rows, "row"))
		_ = bar.Set64(at(t)) // a bar that cannot be shown is no reason to stop
	}
	return seen, func() { _ = bar.Clear() }
}

// barOptions say how a bar looks.
func (c *common) barOptions() []progressbar.Option {
	return []progressbar.Option{
		progressbar.OptionSetWriter(c.stderr), progressbar.OptionThrottle(200 * time.Millisecond), progressbar.OptionClearOnFinish(),
		progressbar.OptionSetPredictTime(true), progressbar.OptionFullWidth(), progressbar.OptionShowElapsedTimeOnFinish(),
	}
}

// sayEvery is how often it is said how far decisions are, where no bar can be shown.
const sayEvery = 10 * time.Second

// batches shows how far decisions in batches are: by a bar on a terminal, else by a line now and
// then. In the end hide takes the bar away.
func (c *common) batches() (seen func(postgres.Counts), hide func()) {
	if !isTerminal(c.stderr) {
		last := time.Now()
		return func(n postgres.Counts) {
			if time.Since(last) >= sayEvery {
				c.tell("%d of %d elders", n.Elders, n.Register)
				last = time.Now()
			}
		}, func() {}
	}
	var bar *progressbar.ProgressBar
	seen = func(n postgres.Counts) {
		if bar == nil {
			bar = progressbar.NewOptions64(n.Register, append(c.barOptions(), progressbar.OptionShowIts(), progressbar.OptionSetItsString(c.lang.text("elders")))...)
		}
		_ = bar.Set64(n.Elders) // a bar that cannot be shown is no reason to stop
	}
	return seen, func() {
		if bar != nil {
			_ = bar.Clear()
		}
	}
}

// rowCounter is a source that knows how many rows it has.
type rowCounter interface{ Rows() int64 }

// length is how long an input is, and says how far the reading is: in rows where they are counted,
// else in bytes; -1 where nobody knows.
func length(in *input, source register.Source) (total int64, at func(register.Tally) int64) {
	if c, ok := source.(rowCounter); ok {
		return c.Rows(), func(t register.Tally) int64 { return int64(t.Rows) }
	}
	file, ok := in.Reader.(*os.File)
	if !ok {
		return -1, func(register.Tally) int64 { return 0 }
	}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || position(file) == info.Size() { // such as a workbook, which is read at once
		return -1, func(register.Tally) int64 { return 0 }
	}
	return info.Size(), func(register.Tally) int64 { return position(file) }
}

// position is where a file is read next, 0 when that cannot be told.
func position(file *os.File) int64 {
	at, _ := file.Seek(0, io.SeekCurrent)
	return at
}
