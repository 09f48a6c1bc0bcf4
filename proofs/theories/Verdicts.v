(* From checked certificates to theorems about the map: what the checks in Certificates.v have in common. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Dynamics Iterates Continuity LiYorke OddCertificate Order.
From Certify Require Import Rational Pieces Images Orbit OddCheck CycleCheck Mesh EndPoints Maps.
Import ListNotations.
Local Open Scope R_scope.

(* ---- the data of certificates ---- *)

Inductive chaos_certificate :=
  | OddReturn (level n : nat) (x : Q) (bits : positive)   (* g^n(x) <= x < g(x), or mirrored;
    g = f^(2^level) *)
  | PeriodicOrbit (orbit : list Q).                       (* of a length that is not a power of 2 *)

(* f^(2m)(x) = x implies f^m(x) = x on the mesh, m = 2^level, which covers the image of f^core_steps *)
Inductive mesh_certificate := Order (level core_steps : nat) (mesh : list Q).
Inductive line_mesh_certificate := OrderOnLine (level core_steps : nat) (mesh : list end_point).

Definition order_of (c : mesh_certificate) : nat := let 'Order level _ _ := c in (2 ^ level)%nat.
Definition line_order_of (c : line_mesh_certificate) : nat := let 'OrderOnLine level _ _ := c in
  (2 ^ level)%nat.

(* ---- chaos ---- *)

Definition start (c : chaos_certificate) : Q :=
  match c with OddReturn _ _ x _ => x | PeriodicOrbit orbit => hd 0%Q orbit end.

(* period 3, which is all that Li and Yorke ask for *)
Definition by_period_three (c : chaos_certificate) : bool :=
  match c with
  | OddReturn level n _ _ => Nat.eqb level 0 && Nat.eqb n 3
  | PeriodicOrbit orbit => Nat.eqb (length orbit) 3
  end.

Definition chaos_check (e : evaluator) (c : chaos_certificate) : bool :=
  match c with
  | OddReturn level n x bits => odd_return e level n x bits
  | PeriodicOrbit orbit => cycle e orbit
  end.

Section Chaos.
Variables (e : evaluator) (f : R -> R) (c : chaos_certificate).
Hypothesis Hf : evaluates e f.
Hypothesis Hc : chaos_check e c = true.
Let Hcont : continuity f := evaluates_continuous e f Hf.

Lemma chaos_interval lo hi : selfmap f lo hi -> lo <= Q2R (start c) <= hi -> chaotic f lo hi.
Proof.
  intros Hs Hx. pose proof (continuity_on f lo hi Hcont) as C.
  destruct c as [level n x bits|[|x rest]]; cbn [chaos_check start hd] in *; [|discriminate|].
  - destruct (odd_return_sound e f level n x bits Hf Hc) as [Ho H].
    apply (odd_chaos_interval f lo hi C Hs level (Q2R x) n); auto.
  - destruct (cycle_sound e f Hf x rest Hc) as [L Hn].
    apply (period_chaos_interval f lo hi C Hs _ (Q2R x) Hx L Hn).
Qed.

Lemma chaos_line : exists lo hi, chaotic f lo hi.
Proof.
  destruct c as [level n x bits|[|x rest]]; cbn [chaos_check] in *; [|discriminate|].
  - destruct (odd_return_sound e f level n x bits Hf Hc) as [Ho H].
    apply (odd_chaos_line f level (Q2R x) n Hcont Ho H).
  - destruct (cycle_sound e f Hf x rest Hc) as [L Hn]. apply (period_chaos_line f _ (Q2R x) Hcont L Hn).
Qed.

Hypothesis H3 : by_period_three c = true.

Lemma three_interval lo hi : selfmap f lo hi -> lo <= Q2R (start c) <= hi -> li_yorke_chaotic f lo hi.
Proof.
  intros Hs Hx. pose proof (continuity_on f lo hi Hcont) as C.
  destruct c as [level n x bits|[|x rest]]; cbn [chaos_check start hd by_period_three] in *; [|discriminate|].
  - apply andb_true_iff in H3 as [El En]. apply Nat.eqb_eq in El, En. subst level n.
    destruct (odd_return_sound e f 0 3 x bits Hf Hc) as [_ H].
    apply (three_chaos_interval f lo hi C Hs (Q2R x)); auto.
  - destruct (cycle_sound e f Hf x rest Hc) as [L Hn]. apply Nat.eqb_eq in H3. rewrite H3 in L.
    apply (period_three_interval f (Q2R x)); auto.
Qed.

Lemma three_line : exists lo hi, li_yorke_chaotic f lo hi.
Proof.
  destruct c as [level n x bits|[|x rest]]; cbn [chaos_check by_period_three] in *; [|discriminate|].
  - apply andb_true_iff in H3 as [El En]. apply Nat.eqb_eq in El, En. subst level n.
    destruct (odd_return_sound e f 0 3 x bits Hf Hc) as [_ H]. apply (three_chaos_line f (Q2R x) Hcont H).
  - destruct (cycle_sound e f Hf x rest Hc) as [L Hn]. apply Nat.eqb_eq in H3. rewrite H3 in L.
    destruct (cycle_hull f 3 (Q2R x) ltac:(lia) (proj1 (proj2 L))) as (lo & hi & Hin).
    exists lo, hi. apply (period_three f (Q2R x)); auto.
Qed.
End Chaos.

(* ---- order ---- *)

(* with the pieces of f on J *)
Definition order_check (t : pieces) (J : Q * Q) (c : mesh_certificate) : bool :=
  let 'Order level core_steps mesh := c in
  leq (fst J) (snd J) && maps_into t J && mesh_check t (2 ^ level) J core_steps mesh.

Lemma order_interval t f J c : joined None t None = true -> ranged t ->
  (forall x, contains J x -> sem t x = f x) ->
  cont_on f (Q2R (fst J)) (Q2R (snd J)) -> order_check t J c = true ->
  selfmap f (Q2R (fst J)) (Q2R (snd J)) /\ ordered f (Q2R (fst J)) (Q2R (snd J)) (order_of c).
Proof.
  intros Hj Hr E C. destruct c as [level core_steps mesh]. unfold order_check, order_of.
  rewrite !andb_true_iff. intros [[_ Hinto] Hmesh].
  pose proof (maps_into_sound t f J Hj Hr E Hinto) as Hs. split; [exact Hs|].
  destruct (mesh_check_sound t (2 ^ level) f J Hj Hr E Hs core_steps mesh Hmesh) as (c & d & Hcore & Hgood).
  apply order_certificate; auto using pow2_pos.
  apply (enough_on_core (contains J) (fun x => contains J x /\ c <= x <= d) _ _ core_steps);
    auto using pow2_pos.
  - intros x Hx. split; [|auto]. apply (selfmap_iter _ _ _ Hs core_steps x Hx).
  - intros x [Hx Hcd]. apply Hgood; auto.
Qed.
