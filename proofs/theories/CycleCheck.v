(* The check of a periodic orbit whose period is not a power of 2: the points of the orbit, the smallest
   first, each the image of the one before it. Sound, and complete for orbits of rational points. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Dynamics Iterates Rational Orbit.
Import ListNotations.
Local Open Scope R_scope.

Definition power_of_2 (n : nat) : bool := Nat.eqb (2 ^ Nat.log2 n) n.

(* f takes x to the first point, each point to the next one, the last to the end *)
Fixpoint leads (e : evaluator) (x : Q) (points : list Q) (last : Q) : bool :=
  match points with
  | [] => same (eval e x) last
  | y :: rest => same (eval e x) y && leads e y rest last
  end.

Definition cycle (e : evaluator) (orbit : list Q) : bool :=
  match orbit with
  | [] => false
  | x :: rest => negb (power_of_2 (length orbit)) && forallb (less x) rest && leads e x rest x
  end.

Lemma power_of_2_spec n : power_of_2 n = false -> forall i, n <> (2 ^ i)%nat.
Proof.
  unfold power_of_2. intros H i ->. rewrite Nat.log2_pow2, Nat.eqb_refl in H by lia. discriminate.
Qed.

Section Sound.
Variables (e : evaluator) (f : R -> R).
Hypothesis Hf : evaluates e f.

Lemma leads_iter points last : forall x, leads e x points last = true ->
  iter (S (length points)) f (Q2R x) = Q2R last /\
  forall k, (k < length points)%nat -> exists y, In y points /\ iter (S k) f (Q2R x) = Q2R y.
Proof.
  induction points as [|y points IH]; intros x H; cbn [leads length] in *.
  - split; [|lia]. cbn [iter]. rewrite (eval_correct e f Hf). apply (reflect_true _ _ (sameP _ _) H).
  - apply andb_true_iff in H as [Hy H]. apply (reflect_true _ _ (sameP _ _)) in Hy.
    rewrite <- (eval_correct e f Hf) in Hy. destruct (IH y H) as [E P]. split.
    + rewrite iter_S, Hy. exact E.
    + intros [|k] Hk; [exists y; simpl; auto|]. destruct (P k ltac:(lia)) as [z [Hz Ez]].
      exists z. split; [simpl; auto|]. rewrite iter_S, Hy. exact Ez.
Qed.

Theorem cycle_sound x rest : cycle e (x :: rest) = true ->
  least_period f (length (x :: rest)) (Q2R x) /\ forall i, length (x :: rest) <> (2 ^ i)%nat.
Proof.
  unfold cycle. rewrite !andb_true_iff, negb_true_iff. intros [[Hp Hless] H].
  destruct (leads_iter rest x x H) as [E P].
  split; [|apply power_of_2_spec, Hp]. cbn [length]. split; [lia|]. split; [exact E|].
  intros [|k] Hk; [lia|]. destruct (P k ltac:(lia)) as [y [Hy ->]].
  rewrite forallb_forall in Hless. pose proof (reflect_true _ _ (lessP _ _) (Hless y Hy)). lra.
Qed.

Lemma leads_exact n : forall x, leads e x (map (fun i => exact e i x) (seq 1 n)) (exact e (S n) x) = true.
Proof.
  induction n as [|n IH]; intro x.
  - cbn [seq map leads exact]. destruct (sameP (eval e x) (eval e x)); auto.
  - cbn [seq map leads exact]. destruct (sameP (eval e x) (eval e x)) as [_|]; [|auto]. cbn [andb].
    rewrite <- seq_shift, map_map. apply IH.
Qed.

Lemma leads_same points a b : Q2R a = Q2R b -> forall x, leads e x points a = leads e x points b.
Proof.
  intro E. induction points as [|y points IH]; intro x; cbn [leads]; [|rewrite IH; auto].
  destruct (sameP (eval e x) a), (sameP (eval e x) b); auto; lra.
Qed.

Theorem cycle_complete n q : least_period f n (Q2R q) -> (forall i, n <> (2 ^ i)%nat) ->
  exists k, (k < n)%nat /\ cycle e (map (fun i => exact e i (exact e k q)) (seq 0 n)) = true.
Proof.
  intros L Hn. pose proof L as [Hn0 [En Hmin]].
  assert (M : forall m, (m < n)%nat -> exists k, (k <= m)%nat /\
    forall i, (i <= m)%nat -> iter k f (Q2R q) <= iter i f (Q2R q)).
  { induction m as [|m IH]; intro Hm.
    - exists 0%nat. split; auto. intros i Hi. replace i with 0%nat by lia. lra.
    - destruct (IH ltac:(lia)) as [k [Hk Hlow]].
      destruct (Rle_lt_dec (iter k f (Q2R q)) (iter (S m) f (Q2R q))) as [h|h].
      + exists k. split; [lia|]. intros i Hi. destruct (Nat.eq_dec i (S m)) as [->|]; auto. apply Hlow; lia.
      + exists (S m). split; auto. intros i Hi. destruct (Nat.eq_dec i (S m)) as [->|]; [lra|].
        specialize (Hlow i ltac:(lia)). lra. }
  destruct (M (Nat.pred n) ltac:(lia)) as [k [Hk Hlow]]. exists k. split; [lia|].
  set (x := exact e k q). assert (Ex : Q2R x = iter k f (Q2R q)) by (symmetry; apply exact_correct, Hf).
  destruct n as [|n]; [lia|]. cbn [seq map cycle exact]. cbn [length]. rewrite map_length, seq_length.
  assert (Hx : iter (S n) f (Q2R x) = Q2R x).
  { rewrite Ex, <- iter_add, Nat.add_comm, iter_add, En. reflexivity. }
  rewrite (leads_same _ x (exact e (S n) x)), leads_exact.
  2: { rewrite <- (exact_correct e f Hf). symmetry; exact Hx. }
  assert (HP : power_of_2 (S n) = false).
  { unfold power_of_2. destruct (Nat.eqb_spec (2 ^ Nat.log2 (S n)) (S n)) as [E|]; auto.
    exfalso. apply (Hn (Nat.log2 (S n))). auto. }
  rewrite HP. cbn [negb andb]. rewrite andb_true_r. apply forallb_forall. intros y Hy.
  apply in_map_iff in Hy as [i [<- Hi]]. apply in_seq in Hi.
  destruct (lessP x (exact e i x)) as [|h]; auto. exfalso.
  rewrite <- (exact_correct e f Hf), Ex, <- iter_add in h.
  assert (Hmod : iter (i + k) f (Q2R q) = iter ((i + k) mod S n) f (Q2R q)) by (apply iter_mod; auto; lia).
  pose proof (Nat.mod_upper_bound (i + k) (S n) ltac:(lia)) as Hb.
  pose proof (Hlow ((i + k) mod S n)%nat ltac:(simpl; lia)) as Hle.
  assert (E : iter (i + k) f (Q2R q) = iter k f (Q2R q)) by lra.
  (* f^i fixes f^k(q), hence q, against the least period *)
  apply (Hmin i ltac:(lia)).
  assert (Hq : Q2R q = iter (S n - k) f (iter k f (Q2R q))).
  { rewrite <- iter_add. replace (S n - k + k)%nat with (S n) by lia. auto. }
  rewrite Hq at 1. rewrite <- iter_add, Nat.add_comm, iter_add, <- (iter_add f i k), E. auto.
Qed.
End Sound.
