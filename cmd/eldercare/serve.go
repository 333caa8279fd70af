package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/serve"
)

type serveOptions struct {
	*common
	serve.Options
	addr      string
	watch     bool
	unchecked bool
}

func serveCommand(c *common) *cobra.Command {
	o := &serveOptions{common: c}
	o.Limits = serve.DefaultLimits()
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Answer over HTTP",
		Long: `Serve answers over HTTP what the other commands answer: decisions, explanations,
questions, timelines and notices for elders, and lists, checks and comparisons.
The address is the first line on standard output; GET /openapi.json describes
what can be asked there, and docs/serve.md shows it.

By default only programs on the same machine are answered. Give --tls-cert,
--tls-key and --tokens before you let in others. Logs are JSON on standard
error, and have no personal data.

SIGHUP loads the folders of --dir, the certificate and the tokens again; with
--watch a change in one of them does. New lists are taken at once and as a
whole, if they load and no list takes from anybody what the one above gives.
Otherwise those before stay, and the log says why; tokens and certificate are
taken all the same. SIGTERM and SIGINT end the
server once requests under way are answered.`,
		Example: `  eldercare serve
  eldercare serve --addr 127.0.0.1:0 --dir mylists --watch
  eldercare serve --bundle --sign private.pem
  curl --json '{"age": 80}' 127.0.0.1:8080/v1/hongtong/decisions`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	o.flags(cmd, "json")
	f := cmd.Flags()
	f.StringVar(&o.addr, "addr", "127.0.0.1:8080", "`address` to listen at; port 0 takes a free one")
	f.BoolVar(&o.watch, "watch", false, "load again when the folders of --dir, tokens or certificate change")
	f.BoolVar(&o.unchecked, "unchecked", false, "also serve lists that take from somebody what the list above gives")
	f.Int64Var(&o.Limits.Body, "max-body", o.Limits.Body, "most `bytes` of a body; elders line by line may be more")
	f.IntVar(&o.Limits.Elders, "max-elders", o.Limits.Elders, "most elders in a request, line by line")
	f.IntVar(&o.Limits.Array, "max-array", o.Limits.Array, "most elders in an array")
	f.IntVar(&o.Limits.Requests, "max-requests", o.Limits.Requests, "most requests at a time")
	f.DurationVar(&o.Limits.Time, "max-time", o.Limits.Time, "most time for a request")
	f.DurationVar(&o.Limits.Pause, "max-pause", o.Limits.Pause, "most time between two bytes of a body")
	f.DurationVar(&o.Drain, "drain", time.Second, "how long new requests are still answered once the server is to end")
	f.DurationVar(&o.Grace, "grace", 30*time.Second, "how long requests under way may take then")
	f.StringVar(&o.Cert, "tls-cert", "", "`file` with the certificate, as PEM")
	f.StringVar(&o.Key, "tls-key", "", "`file` with its private key")
	f.StringVar(&o.Tokens, "tokens", "", "`file` with bearer tokens, one a line; only requests with one are answered")
	f.BoolVar(&o.Upload, "upload", false, "take whole registers, too, in CSV or Excel, and show the page for them; nothing of them is kept")
	f.BoolVar(&o.Bundle, "bundle", false, "serve the lists as a bundle for OPA, too")
	f.StringVar(&o.Sign, "sign", "", "`file` with the private key to sign the bundle with")
	f.BoolVar(&o.Trace, "trace", false, "tell an OpenTelemetry collector of each request; OTEL_EXPORTER_OTLP_ENDPOINT says where it is")
	return cmd
}

// agree refuses flags that mean nothing next to the others.
func (o *serveOptions) agree() error {
	switch {
	case (o.Cert == "") != (o.Key == ""):
		return errors.New("--tls-cert and --tls-key go together")
	case o.Sign != "" && !o.Bundle:
		return errors.New("--sign signs the bundle: it goes with --bundle")
	case o.watch && len(o.dirs) == 0:
		return errors.New("--watch watches folders: it goes with --dir")
	}
	return nil
}

func (o *serveOptions) run(ctx context.Context) error {
	if err := o.agree(); err != nil {
		return err
	}
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	asked := make(chan os.Signal, 1) // taken from the first moment to the last, as SIGHUP would end the program
	signal.Notify(asked, syscall.SIGHUP)
	o.Log = slog.New(slog.NewJSONHandler(o.stderr, nil))
	o.Version = buildVersion().Version
	o.Check = !o.unchecked && len(o.dirs) > 0 // ours are checked before they are released
	o.Load = func(ctx context.Context) (*eldercare.Engine, error) { return eldercare.Load(ctx, o.options()...) }
	if o.watch {
		o.Watched = slices.DeleteFunc(slices.Concat(o.dirs, []string{o.Tokens, o.Cert, o.Key}), func(f string) bool { return f == "" })
	}
	server, err := serve.New(ctx, o.Options)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.addr)
	if err != nil {
		return err
	}
	o.warn(listener.Addr())
	o.reload(ctx, server, asked)
	if _, err := fmt.Fprintln(o.stdout, listener.Addr()); err != nil {
		return errors.Join(err, listener.Close())
	}
	context.AfterFunc(ctx, stop) // who signals again does not want to wait
	return server.Serve(ctx, listener)
}

// warn says when anybody on the network is answered.
func (o *serveOptions) warn(addr net.Addr) {
	tcp, ok := addr.(*net.TCPAddr)
	if ok && !tcp.IP.IsLoopback() && (o.Tokens == "" || o.Cert == "") {
		o.Log.Warn("anybody on the network is answered; give --tokens, --tls-cert and --tls-key unless a proxy before this server does so")
	}
}

// reload loads again when somebody asks for it, or when something changes, until ctx ends.
func (o *serveOptions) reload(ctx context.Context, server *serve.Server, asked <-chan os.Signal) {
	if o.watch {
		go server.Watch(ctx, time.Second)
	}
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-asked:
				_ = server.Reload(ctx) // which logs why it does not
			}
		}
	}()
}

// options adds to what all commands load that a day named by --on is today.
func (o *serveOptions) options() []eldercare.Option {
	options := o.common.options()
	if day := eldercare.Date(o.on); !day.IsZero() {
		noon := time.Date(day.Year, day.Month, day.Day, 12, 0, 0, 0, time.FixedZone("Asia/Shanghai", 8*60*60))
		options = append(options, eldercare.WithClock(func() time.Time { return noon }))
	}
	return options
}
