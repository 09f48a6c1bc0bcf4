(* The line with its two infinite ends, and the values of lines there, which are limits. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals.
From Certify Require Import Rational Pieces.
Local Open Scope R_scope.

(* ---- the extended line ---- *)

Inductive end_point := MinusInfinity | Finite (q : Q) | PlusInfinity.

Definition ends_leq (a b : end_point) : bool :=
  match a, b with
  | MinusInfinity, _ | _, PlusInfinity => true
  | Finite a, Finite b => leq a b
  | _, _ => false
  end.
Definition ends_min (a b : end_point) : end_point := if ends_leq a b then a else b.
Definition ends_max (a b : end_point) : end_point := if ends_leq a b then b else a.

(* a <= x, and x <= b *)
Definition at_least (a : end_point) (x : R) : Prop :=
  match a with MinusInfinity => True | Finite a => Q2R a <= x | PlusInfinity => False end.
Definition at_most (b : end_point) (x : R) : Prop :=
  match b with MinusInfinity => False | Finite b => x <= Q2R b | PlusInfinity => True end.
Definition in_cell (a b : end_point) (x : R) : Prop := at_least a x /\ at_most b x.

Lemma at_least_min a b x : at_least a x \/ at_least b x -> at_least (ends_min a b) x.
Proof.
  unfold ends_min. destruct a as [|a|], b as [|b|]; simpl; try tauto. destruct (leqP a b); simpl; lra.
Qed.

Lemma at_most_max a b x : at_most a x \/ at_most b x -> at_most (ends_max a b) x.
Proof.
  unfold ends_max. destruct a as [|a|], b as [|b|]; simpl; try tauto. destruct (leqP a b); simpl; lra.
Qed.

Lemma leq_at_least a b x : ends_leq a b = true -> at_least b x -> at_least a x.
Proof.
  destruct a as [|a|], b as [|b|]; simpl; try tauto; try discriminate.
  destruct (leqP a b); [lra|discriminate].
Qed.

Lemma leq_at_most a b x : ends_leq a b = true -> at_most a x -> at_most b x.
Proof.
  destruct a as [|a|], b as [|b|]; simpl; try tauto; try discriminate.
  destruct (leqP a b); [lra|discriminate].
Qed.

(* ---- lines ---- *)

(* the value of a line at an end of a cell, a limit where that is infinite *)
Definition end_value (l : line) (a : end_point) : end_point :=
  match a, slope l with
  | Finite q, _ => Finite (line_at l q)
  | _, Z0 => Finite (const l # scale l)
  | MinusInfinity, Zpos _ | PlusInfinity, Zneg _ => MinusInfinity
  | MinusInfinity, Zneg _ | PlusInfinity, Zpos _ => PlusInfinity
  end.

Lemma line_order l x y : 0 <= IZR (slope l) * (y - x) -> line_sem l x <= line_sem l y.
Proof.
  intro H. assert (0 < / IZR (Zpos (scale l))) by (apply Rinv_0_lt_compat; auto).
  unfold line_sem, Rdiv. apply Rmult_le_compat_r; lra.
Qed.

Definition rising (l : line) : Prop := (0 <= slope l)%Z.
Definition falling (l : line) : Prop := (slope l < 0)%Z.

Lemma end_value_at_least l a x : at_least a x ->
  (rising l -> at_least (end_value l a) (line_sem l x)) /\
  (falling l -> at_most (end_value l a) (line_sem l x)).
Proof.
  unfold rising, falling. intro H. split; intro S.
  - apply IZR_le in S. destruct a as [|q|]; simpl in *; try tauto.
    + unfold end_value. destruct (slope l) eqn:E; simpl; auto; [|apply le_IZR in S; lia].
      rewrite Q2R_make. unfold line_sem. rewrite E. right. f_equal. ring.
    + rewrite <- line_at_correct. apply line_order, Rmult_le_pos; lra.
  - apply IZR_lt in S. destruct a as [|q|]; simpl in *; try tauto.
    + unfold end_value. destruct (slope l) eqn:E; simpl; auto; apply lt_IZR in S; lia.
    + rewrite <- line_at_correct. apply line_order. nra.
Qed.

Lemma end_value_at_most l b x : at_most b x ->
  (rising l -> at_most (end_value l b) (line_sem l x)) /\
  (falling l -> at_least (end_value l b) (line_sem l x)).
Proof.
  unfold rising, falling. intro H. split; intro S.
  - apply IZR_le in S. destruct b as [|q|]; simpl in *; try tauto.
    + rewrite <- line_at_correct. apply line_order, Rmult_le_pos; lra.
    + unfold end_value. destruct (slope l) eqn:E; simpl; auto; [|apply le_IZR in S; lia].
      rewrite Q2R_make. unfold line_sem. rewrite E. right. f_equal. ring.
  - apply IZR_lt in S. destruct b as [|q|]; simpl in *; try tauto.
    + rewrite <- line_at_correct. apply line_order. nra.
    + unfold end_value. destruct (slope l) eqn:E; simpl; auto; apply lt_IZR in S; lia.
Qed.

Definition spanned (u w : end_point) (x : R) : Prop := in_cell u w x \/ in_cell w u x.

Lemma line_spanned l u w x : spanned u w x -> spanned (end_value l u) (end_value l w) (line_sem l x).
Proof.
  unfold spanned, in_cell. intro H.
  assert (S : rising l \/ falling l) by (unfold rising, falling; lia).
  destruct H as [[H1 H2]|[H1 H2]]; destruct (end_value_at_least l _ x H1), (end_value_at_most l _ x H2);
    tauto.
Qed.
