package account

import (
	"slices"
	"time"

	"authgraph/auth"
)

// PendingStep is a step that a session requires before it is complete; the schema's enum PendingStep.
type PendingStep string

// The steps.
const (
	StepConfirmEmail       PendingStep = "CONFIRM_EMAIL"
	StepSecondFactor       PendingStep = "SECOND_FACTOR"
	StepRestoreAccount     PendingStep = "RESTORE_ACCOUNT"
	StepChangePassword     PendingStep = "CHANGE_PASSWORD"
	StepEnrollSecondFactor PendingStep = "ENROLL_SECOND_FACTOR"
)

// PendingSteps returns all steps, in the order in which a session requires them.
func PendingSteps() []PendingStep {
	return []PendingStep{StepConfirmEmail, StepSecondFactor, StepRestoreAccount, StepChangePassword, StepEnrollSecondFactor}
}

const (
	// pendingTime is the lifetime of a session with a pending step. It has no refresh token.
	pendingTime = 10 * time.Minute
	// MaxPendingSessions is the maximum number of live sessions with a pending step per account. They evict only each other.
	MaxPendingSessions = 5
)

// pendingSteps returns the steps that a sign-in to the account of c leaves pending.
func pendingSteps(c Credential) []PendingStep {
	if c.EraseAt != nil {
		return []PendingStep{StepRestoreAccount}
	}
	return nil
}

// stepNames returns steps as rules name them.
func stepNames(steps []PendingStep) []string {
	if len(steps) == 0 {
		return nil
	}
	names := make([]string, len(steps))
	for i, step := range steps {
		names[i] = string(step)
	}
	return names
}

// fits reports whether a token of claims was issued for a session with these pending steps.
func (s *Session) fits(claims *auth.Principal) bool {
	return slices.Equal(claims.Pending, stepNames(s.Pending))
}

// stepDone returns the steps that remain after step; ok is false unless step is the next one.
func (s *Session) stepDone(step PendingStep) (remaining []PendingStep, ok bool) {
	if len(s.Pending) == 0 || s.Pending[0] != step {
		return nil, false
	}
	return s.Pending[1:], true
}
