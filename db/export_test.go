package db

// LookNoFurther has a search choose its way among a handful of accounts as it does among a million.
func (s *Store) LookNoFurther(few, window int) { s.effort = effort{few: few, window: window} }
