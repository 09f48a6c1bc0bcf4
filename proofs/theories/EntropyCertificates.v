(* Certificates of entropy for networks and piecewise-linear maps: the file that generated proofs of entropy
   bounds import. Each theorem turns one boolean, which the kernel computes, into a bound for the real map. *)

From Coq Require Import Reals QArith Qreals Lra Lia List Bool.
From Certify Require Export Certificates Entropy EntropyCheck EntropyAboveCheck.
From Certify Require Import Orbit Pieces Images Mesh.
Local Open Scope R_scope.

(* The part [u, w] is mapped over, or into, interval j; or f is constant on it. *)
Definition over (u w : Q) (j : nat) : Q * Q * nat := (u, w, j).
Definition into (u w : Q) (j : nat) : Q * Q * option nat := (u, w, Some j).
Definition constant (u w : Q) : Q * Q * option nat := (u, w, None).

(* ---- Bounds from below ---- *)

Definition entropy_lower_check (m : map_data) (J : Q * Q) (c : entropy_certificate) : bool :=
  match map_evaluator m with
  | Some e => let 'EntropyLower intervals edges weights growth := c in
      entropy_check (eval e) (fst J) (snd J) intervals edges weights growth
  | None => false
  end.

Lemma entropy_lower_sound m J c : entropy_lower_check m J c = true ->
  entropy_ge_ln (map_sem m) (Q2R (fst J)) (Q2R (snd J)) (Q2R (growth_of c)).
Proof.
  unfold entropy_lower_check. destruct (map_evaluator m) as [e|] eqn:He; [|discriminate].
  apply map_evaluator_correct in He. destruct c as [intervals edges weights growth].
  apply entropy_check_sound.
  - apply (evaluates_continuous e), He.
  - apply He.
Qed.

(* h >= ln growth for a map of [lo, hi] *)
Theorem entropy_on_interval m lo hi c : entropy_lower_check m (lo, hi) c && self_map m (lo, hi) = true ->
  selfmap (map_sem m) (real lo) (real hi) /\
    entropy_ge_ln (map_sem m) (real lo) (real hi) (real (growth_of c)).
Proof.
  rewrite andb_true_iff, !real_Q2R. intros [H Hself]. split; [apply (self_map_sound m (lo, hi) Hself)|].
  apply (entropy_lower_sound m (lo, hi) c H).
Qed.

(* h >= ln growth on some compact invariant set *)
Definition hull_of (c : entropy_certificate) : Q * Q :=
  let 'EntropyLower intervals _ _ _ := c in fold_right hull (hd (0, 0)%Q intervals) intervals.

Theorem entropy_on_line m c : entropy_lower_check m (hull_of c) c = true ->
  exists lo hi, entropy_ge_ln (map_sem m) lo hi (real (growth_of c)).
Proof. rewrite real_Q2R. intro H. eexists. eexists. apply (entropy_lower_sound m (hull_of c) c H). Qed.

(* ---- Bounds from above ---- *)

(* h <= ln growth for a map of [lo, hi] *)
Definition entropy_upper_check (m : map_data) (J : Q * Q) (c : entropy_bound) : bool :=
  valid m && match pieces_on m J with
  | Some t => let 'EntropyUpper core_steps intervals parts weights ranks growth := c in
      leq (fst J) (snd J) && maps_into t J &&
      entropy_above_check t J core_steps intervals parts weights ranks growth
  | None => false
  end.

Theorem entropy_bound_on_interval m lo hi c : entropy_upper_check m (lo, hi) c = true ->
  selfmap (map_sem m) (real lo) (real hi) /\
    entropy_le_ln (map_sem m) (real lo) (real hi) (real (bound_of c)).
Proof.
  rewrite !real_Q2R. unfold entropy_upper_check. rewrite andb_true_iff. intros [V H]. revert H.
  destruct c as [core_steps intervals parts weights ranks growth].
  destruct (pieces_on m (lo, hi)) as [t|] eqn:T; [|discriminate].
  rewrite !andb_true_iff. intros [[HJ Hinto] Hcheck]. apply (reflect_true _ _ (leqP _ _)) in HJ.
  cbn [fst snd] in HJ.
  destruct (pieces_on_correct m (lo, hi) t T) as [Hj [Hr E]]; [unfold contains; cbn [fst snd]; lra|].
  pose proof (maps_into_sound t (map_sem m) (lo, hi) Hj Hr E Hinto) as Hself. split; [exact Hself|].
  apply (entropy_above_check_sound t (lo, hi) core_steps intervals parts weights ranks growth (map_sem m));
    auto.
  apply map_continuous, V.
Qed.
