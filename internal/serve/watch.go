package serve

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Watch reloads when the files and folders of [Options] change, until ctx ends. It looks at them
// from time to time, which also works where nothing reports changes. It waits until they are the
// same from one look to the next, so that it does not read a folder while somebody is copying it.
func (s *Server) Watch(ctx context.Context, every time.Duration) {
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	loaded := s.first
	seen := loaded
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		now := look(s.Watched)
		if now == seen && now != loaded {
			loaded = now
			_ = s.Reload(ctx) // which logs why it does not
		}
		seen = now
	}
}

// sight is a sum of the names, sizes and times of files.
type sight [sha256.Size]byte

// look sees files and folders. Links stand for what they lead to.
func look(at []string) sight {
	sum := sha256.New()
	for _, name := range at {
		root, err := filepath.EvalSymlinks(name)
		if err != nil {
			root = name // what cannot be read is a part of what is seen
		}
		_ = filepath.WalkDir(root, func(file string, _ fs.DirEntry, err error) error {
			fmt.Fprintln(sum, file, err)
			if info, err := os.Stat(file); err == nil && !info.IsDir() {
				fmt.Fprintln(sum, info.Size(), info.ModTime().UnixNano(), info.Mode())
			}
			return nil
		})
	}
	return sight(sum.Sum(nil))
}
