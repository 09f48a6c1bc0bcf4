(* A scrambled set from a coding by two symbols.

   For every two-sided sequence of bits there is a point; f^T takes it to the point of the shifted sequence;
   sequences that agree around 0 have points close together; and points whose sequences differ at 0 are soon
   apart.  Then a sequence beta : nat -> bool becomes a two-sided one with

     at 2^m      the bit beta_i, where every i is taken by infinitely many m,
     at 2^m + 1  the bit 1,
     elsewhere   0:

   two of these agree on longer and longer stretches of zeros (proximal), differ again and again if the betas
   do (distal), and the ones between zeros keep their points away from every periodic orbit. *)
From Coq Require Import Reals Lra Lia ZArith Cantor FunctionalExtensionality.
From Certify Require Import Dynamics Iterates Spaces.
Local Open Scope R_scope.

Definition shift {A} (s : Z) (a : Z -> A) : Z -> A := fun t => a (t + s)%Z.

Lemma shift_shift {A} r s (a : Z -> A) : shift r (shift s a) = shift (r + s) a.
Proof. apply functional_extensionality; intro t. unfold shift. f_equal. lia. Qed.

Lemma shift_0 {A} (a : Z -> A) : shift 0 a = a.
Proof. apply functional_extensionality; intro t. unfold shift. f_equal. lia. Qed.

Definition agree {A} (n : nat) (a b : Z -> A) : Prop :=
  forall t, (- Z.of_nat n <= t <= Z.of_nat n)%Z -> a t = b t.

(* ---- The sequence of a sequence of bits ---- *)

Definition signal (beta : nat -> bool) (t : Z) : bool :=
  let m := Z.log2 t in
  if (t =? 2 ^ m)%Z then beta (fst (Cantor.of_nat (Z.to_nat m))) else (t =? 2 ^ m + 1)%Z.

Lemma signal_bit beta m : signal beta (2 ^ Z.of_nat m) = beta (fst (Cantor.of_nat m)).
Proof. unfold signal. rewrite Z.log2_pow2, Z.eqb_refl, Nat2Z.id by lia. reflexivity. Qed.

Lemma signal_one beta m : (0 < m)%nat -> signal beta (2 ^ Z.of_nat m + 1) = true.
Proof.
  intro Hm. assert (2 ^ 1 <= 2 ^ Z.of_nat m)%Z by (apply Z.pow_le_mono_r; lia).
  unfold signal. rewrite (Z.log2_unique _ (Z.of_nat m)); [|lia|rewrite Z.pow_succ_r by lia; lia].
  rewrite (proj2 (Z.eqb_neq _ _)) by lia. apply Z.eqb_refl.
Qed.

Lemma signal_zero beta m t : (2 ^ Z.of_nat m + 1 < t < 2 * 2 ^ Z.of_nat m)%Z -> signal beta t = false.
Proof.
  intro Ht. unfold signal. rewrite (Z.log2_unique _ (Z.of_nat m)); [|lia|rewrite Z.pow_succ_r by lia; lia].
  rewrite (proj2 (Z.eqb_neq _ _)) by lia. apply Z.eqb_neq. lia.
Qed.

Lemma pow_above m : (Z.of_nat m < 2 ^ Z.of_nat m)%Z.
Proof. apply Z.pow_gt_lin_r; lia. Qed.

(* ---- The scrambled set ---- *)

Section FullShift.
Context {X : Type}.
Variables (dist : X -> X -> R) (f : X -> X) (K : X -> Prop) (T : nat) (code : (Z -> bool) -> X).
Hypothesis dist_self : forall x, dist x x = 0.
Hypothesis dist_sym : forall x y, dist x y = dist y x.
Hypothesis triangle : forall x y z, dist x z <= dist x y + dist y z.
Hypothesis T_pos : (0 < T)%nat.
Hypothesis in_K : forall a, K (code a).
Hypothesis step : forall a, iter T f (code a) = code (shift 1 a).
Hypothesis close : forall eps, 0 < eps -> exists n, forall a b, agree n a b -> dist (code a) (code b) < eps.
Variable delta : R.
Hypothesis delta_pos : 0 < delta.
Hypothesis apart : forall a b, a 0%Z <> b 0%Z ->
  exists j, delta <= dist (iter j f (code a)) (iter j f (code b)).

Local Lemma steps n a : iter (n * T) f (code a) = code (shift (Z.of_nat n) a).
Proof.
  induction n as [|n IH]; [cbn; rewrite shift_0; reflexivity|].
  change (S n * T)%nat with (T + n * T)%nat. rewrite iter_add, IH, step, shift_shift.
  do 2 f_equal. lia.
Qed.

Local Lemma steps_Z t a : (0 <= t)%Z -> iter (Z.to_nat t * T) f (code a) = code (shift t a).
Proof. intro Ht. rewrite steps, Z2Nat.id by exact Ht. reflexivity. Qed.

Local Lemma late t N : (Z.of_nat N <= t)%Z -> (N <= Z.to_nat t * T)%nat.
Proof. nia. Qed.

(* Sequences that differ at time t keep their points apart soon after. *)
Local Lemma apart_at t a b : (0 <= t)%Z -> a t <> b t -> exists j, (Z.to_nat t * T <= j)%nat /\
  delta <= dist (iter j f (code a)) (iter j f (code b)).
Proof.
  intros Ht Hne. destruct (apart (shift t a) (shift t b)) as [j Hj].
  { unfold shift. rewrite Z.add_0_l. exact Hne. }
  exists (j + Z.to_nat t * T)%nat. split; [lia|]. rewrite !iter_add, !steps_Z by exact Ht. exact Hj.
Qed.

Local Definition point (beta : nat -> bool) : X := code (signal beta).

Local Lemma point_distal beta gamma i : beta i <> gamma i -> distal_in dist f (point beta) (point gamma).
Proof.
  intro Hne. exists delta. split; [exact delta_pos|]. intro N.
  set (m := Cantor.to_nat (i, N)).
  assert (Hm : (N <= m)%nat) by (unfold m; pose proof (Cantor.to_nat_non_decreasing i N); lia).
  assert (Em : fst (Cantor.of_nat m) = i) by (unfold m; rewrite Cantor.cancel_of_to; reflexivity).
  pose proof (pow_above m).
  destruct (apart_at (2 ^ Z.of_nat m) (signal beta) (signal gamma)) as (j & Hj & Hd); [lia| |].
  { rewrite !signal_bit, Em. exact Hne. }
  exists j. split; [|exact Hd]. pose proof (late (2 ^ Z.of_nat m) N ltac:(lia)). lia.
Qed.

Local Lemma point_proximal beta gamma : proximal_in dist f (point beta) (point gamma).
Proof.
  intros eps Heps N. destruct (close eps Heps) as [n Hn].
  set (m := (N + 2 * n + 4)%nat). pose proof (pow_above m).
  set (t := (2 ^ Z.of_nat m + Z.of_nat n + 2)%Z).
  exists (Z.to_nat t * T)%nat. split; [apply late; unfold t; lia|].
  unfold point. rewrite !steps_Z by (unfold t; lia). apply Hn. intros r Hr. unfold shift.
  rewrite !(signal_zero _ m) by (unfold t; lia). reflexivity.
Qed.

(* A periodic point would have to be near two points that are apart. *)
Local Lemma point_distal_periodic beta q : periodic f q -> distal_in dist f (point beta) q.
Proof.
  intros (p & Hp & Eq). exists (delta / 2). split; [lra|]. intro N.
  set (m := (N + p + 2)%nat). pose proof (pow_above m).
  set (t := (2 ^ Z.of_nat m + 1)%Z). set (x := point beta).
  destruct (apart (shift t (signal beta)) (shift (t + Z.of_nat p) (signal beta))) as [j Hj].
  { unfold shift. rewrite !Z.add_0_l. unfold t. rewrite signal_one, (signal_zero _ m) by lia. discriminate. }
  rewrite <- !steps_Z, <- !iter_add in Hj by (unfold t; lia). fold (point beta) x in Hj.
  set (s := (j + Z.to_nat t * T)%nat) in Hj.
  assert (Es : (j + Z.to_nat (t + Z.of_nat p) * T)%nat = (s + T * p)%nat) by (unfold s, t; nia).
  rewrite Es in Hj.
  assert (Eqs : iter (s + T * p) f q = iter s f q) by (rewrite iter_add, periodic_mult by exact Eq;
    reflexivity).
  pose proof (triangle (iter s f x) (iter s f q) (iter (s + T * p) f x)) as Htri.
  rewrite (dist_sym (iter s f q)), <- Eqs in Htri. rewrite Eqs in Htri at 1.
  assert (Hs : (N <= s)%nat) by (pose proof (late t N ltac:(unfold t; lia)); unfold s; lia).
  destruct (Rle_lt_dec (delta / 2) (dist (iter s f x) (iter s f q))) as [h|h].
  - exists s. auto.
  - exists (s + T * p)%nat. split; [lia|]. lra.
Qed.

Theorem full_shift_scrambled : has_scrambled_in dist f K.
Proof.
  exists (codes point). split; [intros x [beta ->]; apply in_K|].
  assert (Hper : forall x q, codes point x -> periodic f q -> distal_in dist f x q).
  { intros x q [beta ->]. apply point_distal_periodic. }
  split; [|split; [|split; [|exact Hper]]].
  - intros x Hx Hp. apply (distal_irrefl_in dist f dist_self x), Hper; assumption.
  - apply (codes_uncountable dist f dist_self), point_distal.
  - apply codes_scrambled; [apply point_distal|apply point_proximal].
Qed.
End FullShift.
