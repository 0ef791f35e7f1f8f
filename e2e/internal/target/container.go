package target

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"sftpgo-authy/internal/ports"
)

// stacksPerDoor is how many compose projects run side by side for each door at most.
const stacksPerDoor = 2

// Container is SFTPGo in its image, through docker-compose.yml as people get it. A stack (SFTPGo,
// hookd and mockauthy, one compose project) takes seconds to start, so a few are kept and lent to
// one scenario after the other.
type Container struct {
	module string
	ports  *ports.Block // set by Available

	engine *engine // set by Available
	image  string
	build  func() error // once

	mu     sync.Mutex
	idle   map[Door][]*stack
	slots  map[Door]chan struct{} // one token per stack that may exist and is not leased
	stacks []*stack
}

// NewContainer returns the target for the repository whose root is module.
func NewContainer(module string) *Container {
	c := &Container{module: module, idle: map[Door][]*stack{}, slots: map[Door]chan struct{}{}}
	for _, door := range []Door{Program, HTTP} {
		c.slots[door] = make(chan struct{}, stacksPerDoor)
		for range stacksPerDoor {
			c.slots[door] <- struct{}{}
		}
	}
	return c
}

// Name implements Target.
func (c *Container) Name() string { return "container" }

// Available implements Target: an engine must answer, and the base images must be there or may be
// pulled.
func (c *Container) Available(ctx context.Context, asked bool) error {
	engine, err := findEngine(ctx, c.module)
	if err != nil {
		return err
	}
	if c.image, err = engine.need(ctx, "SFTPGO_IMAGE", asked); err != nil {
		return err
	}
	if _, err := engine.need(ctx, "GO_IMAGE", asked); err != nil {
		return err
	}
	if c.ports == nil {
		if c.ports, err = ports.Reserve(); err != nil {
			return err
		}
	}
	c.engine = engine
	c.build = sync.OnceValue(func() error {
		return errors.Join(engine.removeStale(ctx), engine.composeRun(ctx, project(os.Getpid(), 0), nil, "build"))
	})
	return nil
}

// Describe implements Target.
func (c *Container) Describe() string {
	return fmt.Sprintf("%s through docker-compose.yml, engine %s", c.image, c.engine.version)
}

// Concurrency implements Target.
func (c *Container) Concurrency() int { return 2 * stacksPerDoor }

// Processes implements Target.
func (c *Container) Processes() bool { return false }

// Addresses implements Target: through a published port everybody comes from the engine.
func (c *Container) Addresses() bool { return false }

// SFTPGo implements Target.
func (c *Container) SFTPGo() bool { return true }

// Lease implements Target. All three hooks are configured in every stack, as in docker-compose.yml;
// the accounts decide which of them are asked.
func (c *Container) Lease(ctx context.Context, setup Setup) (Site, error) {
	if setup.Managed || setup.Cluster {
		return nil, errors.New("scenarios that need processes of this machine carry the tag @process")
	}
	select {
	case <-c.slots[setup.Door]:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s, err := c.take(ctx, setup)
	if err != nil {
		c.slots[setup.Door] <- struct{}{}
		return nil, err
	}
	site := &containerSite{stack: s, container: c}
	if err := site.prepare(ctx, setup); err != nil {
		return nil, errors.Join(err, site.Release())
	}
	return site, nil
}

// take returns an idle stack, best one that is configured as wanted, or starts a new one.
func (c *Container) take(ctx context.Context, setup Setup) (*stack, error) {
	if err := c.build(); err != nil {
		return nil, err
	}
	c.mu.Lock()
	idle := c.idle[setup.Door]
	for i := range idle {
		if i == len(idle)-1 || idle[i].configured == setup.configKey() {
			s := idle[i]
			c.idle[setup.Door] = append(idle[:i:i], idle[i+1:]...)
			c.mu.Unlock()
			return s, nil
		}
	}
	first, err := c.ports.Take(portCount)
	if err != nil {
		c.mu.Unlock()
		return nil, err
	}
	n := len(c.stacks)
	s := &stack{engine: c.engine, project: project(os.Getpid(), n), door: setup.Door}
	c.stacks = append(c.stacks, s)
	c.mu.Unlock()
	if err := s.start(ctx, first); err != nil {
		return nil, errors.Join(err, s.remove(ctx))
	}
	return s, nil
}

// give puts a stack back.
func (c *Container) give(s *stack) {
	c.mu.Lock()
	c.idle[s.door] = append(c.idle[s.door], s)
	c.mu.Unlock()
	c.slots[s.door] <- struct{}{}
}

// Close implements Target: every container, network and volume of this run is removed.
func (c *Container) Close() error {
	// The run may have been cancelled; the clean-up must not be.
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	c.mu.Lock()
	defer c.mu.Unlock()
	errs := make([]error, len(c.stacks))
	var all sync.WaitGroup
	for i, s := range c.stacks {
		all.Go(func() { errs[i] = s.remove(ctx) })
	}
	all.Wait()
	if len(c.stacks) > 0 {
		errs = append(errs, c.engine.removeImages(ctx, os.Getpid()))
	}
	if c.ports != nil {
		errs = append(errs, c.ports.Close())
	}
	return errors.Join(errs...)
}
