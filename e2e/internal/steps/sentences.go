package steps

import (
	"regexp"
	"sync"

	"github.com/cucumber/godog"
)

// sentences registers steps with godog as its ScenarioContext does, once for each scenario. It
// compiles an expression once for all scenarios of a suite: there are hundreds of them.
type sentences struct {
	*godog.ScenarioContext
	compiled *sync.Map // of expressions as text
}

// Step registers a step of any kind.
func (s sentences) Step(expr string, step any) { s.ScenarioContext.Step(s.compile(expr), step) }

// Given registers a step that sets a scenario up.
func (s sentences) Given(expr string, step any) { s.ScenarioContext.Given(s.compile(expr), step) }

// When registers a step in which something happens.
func (s sentences) When(expr string, step any) { s.ScenarioContext.When(s.compile(expr), step) }

// Then registers a step that looks at what came of it.
func (s sentences) Then(expr string, step any) { s.ScenarioContext.Then(s.compile(expr), step) }

func (s sentences) compile(expr string) any {
	if known, ok := s.compiled.Load(expr); ok {
		return known
	}
	fresh := regexp.MustCompile(expr)
	s.compiled.Store(expr, fresh)
	return fresh
}
