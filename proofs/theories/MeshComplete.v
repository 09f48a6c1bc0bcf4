(* The mesh check is complete: if f^(2m)(x) = x implies f^m(x) = x on an interval that a piecewise-linear f
   with rational knots maps into itself, then some mesh of rational points passes. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Dynamics Iterates Order Rational Pieces Images Cells Mesh.
Import ListNotations.
Local Open Scope R_scope.

Section Complete.
Variables (t : pieces) (m : nat) (f : R -> R) (J : Q * Q).
Hypothesis Ht : joined None t None = true.
Hypothesis Hf : forall x, contains J x -> sem t x = f x.
Hypothesis Hself : selfmap f (Q2R (fst J)) (Q2R (snd J)).
Hypothesis HJ : Q2R (fst J) <= Q2R (snd J).

Let convex := contains_convex J.

(* the values at the ends *)
Lemma affine_ends n a b a' b' : contains J (Q2R a) -> contains J (Q2R b) -> affine t n a b = Some (a', b') ->
  iter n f (Q2R a) = Q2R a' /\ iter n f (Q2R b) = Q2R b'.
Proof.
  intros Ha Hb E. pose proof (affine_sound t f _ convex Hself Ht Hf n a b a' b' Ha Hb E) as A.
  pose proof (A 0 ltac:(lra)) as A0. pose proof (A 1 ltac:(lra)) as A1.
  replace ((1 - 0) * Q2R a + 0 * Q2R b) with (Q2R a) in A0 by ring.
  replace ((1 - 1) * Q2R a + 1 * Q2R b) with (Q2R b) in A1 by ring. rewrite A0, A1. lra.
Qed.

Hypothesis Hgood : forall x, contains J x -> iter (2 * m) f x = x -> iter m f x = x.

Lemma signed_passes a b : signed t f (contains J) False (2 * m) a b -> affine_cell t m a b = true.
Proof.
  intros [[Ha Hb _ _ Hp _] S].
  destruct (passed_affine t f _ Hself Ht Hf m a b Ha Hb) as (a1 & b1 & E1); [intros; apply Hp; lia|].
  destruct (affine_ends m a b a1 b1 Ha Hb E1) as [Ea1 Eb1].
  assert (Ha1 : contains J (Q2R a1)) by (rewrite <- Ea1; apply (selfmap_iter _ _ _ Hself m), Ha).
  assert (Hb1 : contains J (Q2R b1)) by (rewrite <- Eb1; apply (selfmap_iter _ _ _ Hself m), Hb).
  destruct (passed_affine t f _ Hself Ht Hf m a1 b1 Ha1 Hb1) as (a2 & b2 & E2).
  { intros i Hi. rewrite <- Ea1, <- Eb1, <- !iter_add. apply Hp. lia. }
  destruct (affine_ends m a1 b1 a2 b2 Ha1 Hb1 E2) as [Ea2 Eb2].
  rewrite <- Ea1, <- iter_add in Ea2. rewrite <- Eb1, <- iter_add in Eb2.
  replace (m + m)%nat with (2 * m)%nat in Ea2, Eb2 by lia. rewrite Ea2, Eb2 in S.
  pose proof (Hgood _ Ha) as Ga. rewrite Ea2, Ea1 in Ga. pose proof (Hgood _ Hb) as Gb.
  rewrite Eb2, Eb1 in Gb.
  unfold affine_cell. rewrite E1, E2, !andb_true_iff. split; [split|].
  - destruct (leqP a a2), (leqP b b2), (leqP a2 a), (leqP b2 b); auto; lra.
  - destruct (sameP a2 a), (sameP a1 a); auto.
  - destruct (sameP b2 b), (sameP b1 b); auto.
Qed.

Lemma signed_cells mesh : forall a, chain (signed t f (contains J) False (2 * m)) a mesh ->
  cells t m a mesh = true /\ forall c, In c mesh -> contains J (Q2R c).
Proof.
  induction mesh as [|c mesh IH]; intros a C; cbn [cells]; [split; [auto|intros c []]|].
  destruct C as [Cac C]. destruct (IH c C) as [H1 H2]. split; [rewrite (signed_passes a c Cac); exact H1|].
  intros d [<-|Hd]; auto. apply Cac.
Qed.

Theorem mesh_check_complete : exists mesh, mesh_check t m J 0 mesh = true.
Proof.
  destruct (covering_signed t f (contains J) False (fst J) (snd J) convex Hself Ht Hf) with (n := (2 * m)%nat)
    as [mesh [C [E Hne]]]; try (unfold contains; lra); try tauto.
  exists (fst J :: mesh). destruct (signed_cells mesh (fst J) C) as [H1 H2].
  unfold mesh_check. destruct mesh as [|b rest]; [congruence|]. rewrite E, H1, !andb_true_iff. cbn [images].
  split; [split; [split|]|auto].
  - apply forallb_forall. intros c Hc. assert (Hin : contains J (Q2R c)).
    { destruct Hc as [<-|Hc]; [unfold contains; lra|auto]. }
    unfold contains in Hin. destruct (leqP (fst J) c), (leqP c (snd J)); auto; lra.
  - destruct (leqP (fst J) (fst J)); auto; lra.
  - destruct (leqP (snd J) (snd J)); auto; lra.
Qed.
End Complete.
