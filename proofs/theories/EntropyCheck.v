(* The check of a lower bound for the entropy: a covering graph with rational data (theorem of
   CoveringGraph.v).

   An edge of interval i is a part [u, w] of it and the index j of an interval; f maps the part over interval
   j because it takes u and w to different sides of it: by the intermediate value theorem the values at the
   ends are enough, whatever f does between them.  So the check evaluates f at rational points, and does
   nothing else. *)

From Coq Require Import Reals QArith Qreals Lra Lia List Bool.
From Certify Require Import Dynamics Continuity Covering Parts Entropy CoveringGraph Rational.
Import ListNotations.
Local Open Scope R_scope.

(* The intervals; for each its edges from left to right, and its weight; the growth. *)
Inductive entropy_certificate :=
  EntropyLower (intervals : list (Q * Q)) (edges : list (list (Q * Q * nat)))
    (weights : list positive) (growth : Q).

Definition growth_of (c : entropy_certificate) : Q := let 'EntropyLower _ _ _ growth := c in growth.

Section Check.
Variables (eval : Q -> Q) (lo hi : Q).
Variables (intervals : list (Q * Q)) (edges : list (list (Q * Q * nat))).
Variables (weights : list positive) (growth : Q).

Definition interval (i : nat) : Q * Q := nth i intervals (0, 0)%Q.
Definition row (i : nat) : list (Q * Q * nat) := nth i edges [].
Definition weight (i : nat) : positive := nth i weights 1%positive.
Definition row_weight (r : list (Q * Q * nat)) : Z :=
  fold_right (fun e s => (Zpos (weight (label e)) + s)%Z) 0%Z r.

(* The parts lie in [a, b], in order. *)
Fixpoint in_order (a : Q) (r : list (Q * Q * nat)) (b : Q) : bool :=
  match r with
  | [] => leq a b
  | e :: r' => leq a (left e) && leq (left e) (right e) && in_order (right e) r' b
  end.

Definition good_edge (e : Q * Q * nat) : bool :=
  let y := eval (left e) in
  let z := eval (right e) in
  let (a, b) := interval (label e) in
  (label e <? length intervals)%nat && (leq y a && leq b z || leq z a && leq b y).

Definition good_interval (i : nat) : bool :=
  let (a, b) := interval i in
  leq lo a && less a b && leq b hi && in_order a (row i) b && forallb good_edge (row i) &&
  leq (growth * (Zpos (weight i) # 1)) (row_weight (row i) # 1).

Definition entropy_check : bool :=
  (0 <? length intervals)%nat && less 0 growth && forallb good_interval (seq 0 (length intervals)).

Variable f : R -> R.
Hypothesis Hf : continuity f.
Hypothesis Heval : forall q, f (Q2R q) = Q2R (eval q).

Definition real_edge (e : Q * Q * nat) : R * R * nat := (Q2R (left e), Q2R (right e), label e).
Definition real_weight (i : nat) : R := IZR (Zpos (weight i)).

Lemma Q2R_integer n : Q2R (n # 1) = IZR n.
Proof. rewrite Q2R_make. field. Qed.

Lemma in_order_chain r : forall a b, in_order a r b = true -> chain (Q2R a) (map real_edge r) (Q2R b).
Proof.
  induction r as [|e r IH]; intros a b H; simpl in *; [apply (reflect_true _ _ (leqP _ _) H)|].
  rewrite !andb_true_iff in H. destruct H as [[H1 H2] H3].
  apply (reflect_true _ _ (leqP _ _)) in H1, H2. split; [exact H1|]. split; [exact H2|]. apply IH, H3.
Qed.

Lemma good_edge_covers e : good_edge e = true -> Q2R (left e) <= Q2R (right e) ->
  (label e < length intervals)%nat /\
  covers f (Q2R (left e)) (Q2R (right e)) (Q2R (fst (interval (label e)))) (Q2R (snd (interval (label e)))).
Proof.
  unfold good_edge. destruct (interval (label e)) as [a b]. cbn [fst snd].
  rewrite andb_true_iff, orb_true_iff, !andb_true_iff. intros [Hj H] Hle. apply Nat.ltb_lt in Hj.
  split; [exact Hj|].
  destruct H as [[H1 H2]|[H1 H2]]; apply (reflect_true _ _ (leqP _ _)) in H1, H2; rewrite <- Heval in H1, H2.
  - apply (covers_ends f _ _ _ _ (Q2R (left e)) (Q2R (right e))); auto; lra.
  - apply (covers_ends f _ _ _ _ (Q2R (right e)) (Q2R (left e))); auto; lra.
Qed.

Lemma real_total r : total real_weight (map label (map real_edge r)) = IZR (row_weight r).
Proof.
  induction r as [|e r IH]; [reflexivity|]. cbn [map total fold_right row_weight].
  rewrite plus_IZR. fold (row_weight r). rewrite <- IH. reflexivity.
Qed.

Theorem entropy_check_sound : entropy_check = true -> entropy_ge_ln f (Q2R lo) (Q2R hi) (Q2R growth).
Proof.
  unfold entropy_check. rewrite !andb_true_iff, Nat.ltb_lt, forallb_forall. intros [[Hn Hgrowth] Hall].
  apply (reflect_true _ _ (lessP _ _)) in Hgrowth. rewrite Q2R_integer in Hgrowth.
  pose (a := fun i => Q2R (fst (interval i))). pose (b := fun i => Q2R (snd (interval i))).
  assert (Hgood : forall i, (i < length intervals)%nat ->
    (Q2R lo <= a i /\ a i < b i /\ b i <= Q2R hi) /\ chain (a i) (map real_edge (row i)) (b i) /\
    forallb good_edge (row i) = true /\
      Q2R growth * real_weight i <= total real_weight (map label (map real_edge (row i)))).
  { intros i Hi. assert (H : good_interval i = true) by (apply Hall, in_seq; lia).
    unfold a, b. unfold good_interval in H. destruct (interval i) as [u w]. cbn [fst snd].
    rewrite !andb_true_iff in H. destruct H as [[[[[H1 H2] H3] H4] H5] H6].
    apply (reflect_true _ _ (leqP _ _)) in H1, H3, H6. apply (reflect_true _ _ (lessP _ _)) in H2.
    split; [lra|]. split; [apply in_order_chain, H4|]. split; [exact H5|].
    rewrite Q2R_mult, !Q2R_integer in H6. rewrite real_total. exact H6. }
  apply (graph_entropy f _ _ _ (length intervals) a b real_weight (fun i => map real_edge (row i))); auto.
  - intros i Hi. apply Hgood, Hi.
  - intros i Hi. apply Hgood, Hi.
  - intros i e Hi He. destruct (Hgood i Hi) as (_ & Hchain & Hedges & _).
    destruct (chain_in _ _ _ e Hchain He) as (_ & Hle & _).
    apply in_map_iff in He as (e0 & <- & He0). rewrite forallb_forall in Hedges.
    apply good_edge_covers; [apply Hedges, He0|exact Hle].
  - intros i _. apply pos_R.
  - intros i Hi. apply Hgood, Hi.
Qed.
End Check.
