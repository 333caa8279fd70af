package serve

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"
)

// Watch reloads when files of some folders change, until ctx ends. It looks at them from time to
// time, which also works where nobody is told of changes, and waits until they stay as they are
// from one look to the next: who copies a folder is not met half-way.
func (s *Server) Watch(ctx context.Context, folders []string, every time.Duration) {
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	loaded := look(folders)
	seen := loaded
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		now := look(folders)
		if now == seen && now != loaded {
			loaded = now
			_ = s.Reload(ctx) // which logs why it does not
		}
		seen = now
	}
}

// look returns a sum of the names, sizes and times of the files of some folders.
func look(folders []string) [sha256.Size]byte {
	sum := sha256.New()
	for _, folder := range folders {
		_ = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			fmt.Fprintln(sum, path, err)
			if err != nil {
				return nil //nolint:nilerr // what cannot be read is a part of what is seen
			}
			if info, err := entry.Info(); err == nil && !entry.IsDir() {
				fmt.Fprintln(sum, info.Size(), info.ModTime().UnixNano(), info.Mode())
			}
			return nil
		})
	}
	return [sha256.Size]byte(sum.Sum(nil))
}
