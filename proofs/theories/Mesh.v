(* The check of a certificate of order. With m = 2^level it proves that f^(2m)(x) = x implies f^m(x) = x,
   which is all that Coppel's theorem of 1955 needs, cell by cell of a mesh of the core, the image of some
   iterate of f: each cell is moved off itself by f^(2m), or f^(2m) is affine on it and f^(2m) - id does
   not change sign there. No iterate is ever composed. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Dynamics Iterates Rational Pieces Images Cells.
Import ListNotations.
Local Open Scope R_scope.
Local Open Scope lazy_bool_scope.

Section Check.
Variables (t : pieces) (m : nat).

Fixpoint images (n : nat) (I : Q * Q) : Q * Q := match n with O => I | S n => images n (image t I) end.

(* f^m and f^(2m) are affine on [a,b], f^(2m) - id has one sign,
  and its zeros at the ends are zeros of f^m - id *)
Definition affine_cell (a b : Q) : bool :=
  match affine t m a b with
  | None => false
  | Some (a1, b1) =>
      match affine t m a1 b1 with
      | None => false
      | Some (a2, b2) =>
          (leq a a2 && leq b b2 || leq a2 a && leq b2 b) &&
          (negb (same a2 a) || same a1 a) && (negb (same b2 b) || same b1 b)
      end
  end.

(* f^(2m)[a,b] does not meet [a,b] *)
Definition disjoint_cell (a b : Q) : bool :=
  let I := images (2 * m) (a, b) in less (snd I) a || less b (fst I).

Fixpoint cells (a : Q) (mesh : list Q) : bool :=
  match mesh with [] => true | b :: rest => (affine_cell a b ||| disjoint_cell a b) &&& cells b rest end.

(* J = [lo,hi] is mapped into itself; the mesh covers f^steps(J) *)
Definition maps_into (J : Q * Q) : bool :=
  let I := image t J in leq (fst J) (fst I) && leq (snd I) (snd J).

Definition mesh_check (J : Q * Q) (core_steps : nat) (mesh : list Q) : bool :=
  match mesh with
  | [] => false
  | a :: others =>
      let rest := match others with [] => [a] | _ => others end in
      let I := images core_steps J in
      forallb (fun b => leq (fst J) b && leq b (snd J)) mesh &&
      leq a (fst I) && leq (snd I) (last rest a) && cells a rest
  end.

(* ---- soundness ---- *)

Variables (f : R -> R) (J : Q * Q).
Hypothesis Ht : joined None t None = true.
Hypothesis Hr : ranged t.
Hypothesis Hf : forall x, contains J x -> sem t x = f x.

Lemma maps_into_sound : maps_into J = true -> selfmap f (Q2R (fst J)) (Q2R (snd J)).
Proof.
  unfold maps_into. rewrite andb_true_iff. intros [H1 H2] x Hx.
  apply (reflect_true _ _ (leqP _ _)) in H1, H2.
  rewrite <- Hf by exact Hx. pose proof (image_correct t J x Ht Hr Hx) as I. unfold contains in I. lra.
Qed.

Lemma maps_into_complete : Q2R (fst J) <= Q2R (snd J) -> selfmap f (Q2R (fst J)) (Q2R (snd J)) ->
  maps_into J = true.
Proof.
  intros HJ Hs. destruct (image_attained t J Ht Hr HJ) as (x & y & Hx & Hy & Ex & Ey).
  rewrite Hf in Ex, Ey by auto. pose proof (Hs x Hx) as Bx. pose proof (Hs y Hy) as By.
  unfold maps_into. destruct (leqP (fst J) (fst (image t J))), (leqP (snd (image t J)) (snd J)); auto; lra.
Qed.

Hypothesis Hself : selfmap f (Q2R (fst J)) (Q2R (snd J)).

Lemma contains_convex x y z : contains J x -> contains J y -> between x y z -> contains J z.
Proof. unfold contains, between. lra. Qed.

Lemma stays n x : contains J x -> contains J (iter n f x).
Proof. apply (selfmap_iter _ _ _ Hself n). Qed.

Lemma images_sound n : forall I x, contains J x -> contains I x -> contains (images n I) (iter n f x).
Proof.
  induction n as [|n IH]; intros I x Hx HI; auto. rewrite iter_S. cbn [images].
  apply IH; [apply Hself, Hx|]. rewrite <- Hf by exact Hx. apply image_correct; auto.
Qed.

Definition good (x : R) : Prop := iter (2 * m) f x = x -> iter m f x = x.

Lemma disjoint_cell_sound a b x : contains J x -> Q2R a <= x <= Q2R b -> disjoint_cell a b = true -> good x.
Proof.
  intros Hx Hab H E. exfalso.
  pose proof (images_sound (2 * m) (a, b) x Hx Hab) as I. rewrite E in I. unfold contains in I.
  unfold disjoint_cell in H. apply orb_true_iff in H as [H|H]; apply (reflect_true _ _ (lessP _ _)) in H; lra.
Qed.

Lemma affine_cell_sound a b x : contains J (Q2R a) -> contains J (Q2R b) -> Q2R a <= x <= Q2R b ->
  affine_cell a b = true -> good x.
Proof.
  intros Ha Hb Hx. unfold affine_cell.
  destruct (affine t m a b) as [[a1 b1]|] eqn:E1; [|discriminate].
  destruct (affine t m a1 b1) as [[a2 b2]|] eqn:E2; [|discriminate].
  rewrite !andb_true_iff. intros [[Hsign HA] HB].
  pose proof (affine_sound t f (contains J) contains_convex Hself Ht Hf m a b a1 b1 Ha Hb E1) as A1.
  assert (Ea : iter m f (Q2R a) = Q2R a1).
  { replace (Q2R a) with ((1 - 0) * Q2R a + 0 * Q2R b) at 1 by ring. rewrite A1 by lra. ring. }
  assert (Eb : iter m f (Q2R b) = Q2R b1).
  { replace (Q2R b) with ((1 - 1) * Q2R a + 1 * Q2R b) at 1 by ring. rewrite A1 by lra. ring. }
  assert (A2 : affine_on f m a1 b1 a2 b2).
  { apply (affine_sound t f (contains J) contains_convex Hself Ht Hf); auto; [rewrite <- Ea|rewrite <- Eb];
      apply stays; auto. }
  assert (S : exists s, 0 <= s <= 1 /\ x = (1 - s) * Q2R a + s * Q2R b).
  { destruct (Req_dec (Q2R a) (Q2R b)) as [e|Hne]; [exists 0; lra|].
    exists ((x - Q2R a) / (Q2R b - Q2R a)). assert (0 < / (Q2R b - Q2R a)) by (apply Rinv_0_lt_compat; lra).
    assert (E : (x - Q2R a) / (Q2R b - Q2R a) * (Q2R b - Q2R a) = x - Q2R a) by (field; lra).
    split; [split|]; nra. }
  destruct S as [s [Hs ->]]. unfold good. replace (2 * m)%nat with (m + m)%nat by lia.
  rewrite iter_add, A1, A2 by auto. intro E.
  assert (FA : Q2R a2 = Q2R a -> Q2R a1 = Q2R a).
  { intro e. destruct (sameP a2 a) as [_|]; [|lra]. apply (reflect_true _ _ (sameP _ _) HA). }
  assert (FB : Q2R b2 = Q2R b -> Q2R b1 = Q2R b).
  { intro e. destruct (sameP b2 b) as [_|]; [|lra]. apply (reflect_true _ _ (sameP _ _) HB). }
  assert (Z : (1 - s) * (Q2R a2 - Q2R a) = 0 /\ s * (Q2R b2 - Q2R b) = 0).
  { apply orb_true_iff in Hsign. rewrite !andb_true_iff in Hsign.
    destruct Hsign as [[H1 H2]|[H1 H2]]; apply (reflect_true _ _ (leqP _ _)) in H1, H2; split; nra. }
  destruct Z as [ZA ZB].
  assert (YA : (1 - s) * (Q2R a1 - Q2R a) = 0).
  { apply Rmult_integral in ZA as [e|e]; [rewrite e; ring|]. rewrite FA by lra. ring. }
  assert (YB : s * (Q2R b1 - Q2R b) = 0).
  { apply Rmult_integral in ZB as [e|e]; [rewrite e; ring|]. rewrite FB by lra. ring. }
  lra.
Qed.

Lemma cells_sound mesh : forall a, contains J (Q2R a) -> (forall b, In b mesh -> contains J (Q2R b)) ->
  cells a mesh = true -> mesh <> [] ->
  forall x, contains J x -> Q2R a <= x <= Q2R (last mesh a) -> good x.
Proof.
  induction mesh as [|b mesh IH]; intros a Ha HJ H Hne x Hx Hax; [congruence|].
  cbn [cells] in H. rewrite <- orb_lazy_alt, <- andb_lazy_alt in H. apply andb_true_iff in H as [Hcell H].
  pose proof (HJ b (or_introl eq_refl)) as Hb.
  destruct (Rle_lt_dec x (Q2R b)) as [h|h].
  - apply orb_true_iff in Hcell as [C|C];
      [apply (affine_cell_sound a b)|apply (disjoint_cell_sound a b)]; auto; lra.
  - rewrite last_cons in Hax. apply (IH b); auto; try lra; [intros d Hd; apply HJ; simpl; auto|].
    intros ->. simpl in Hax. lra.
Qed.

Theorem mesh_check_sound core_steps mesh : mesh_check J core_steps mesh = true ->
  exists c d, (forall x, contains J x -> c <= iter core_steps f x <= d) /\
    forall x, contains J x -> c <= x <= d -> iter (2 * m) f x = x -> iter m f x = x.
Proof.
  destruct mesh as [|a others]; [discriminate|]. unfold mesh_check.
  set (rest := match others with [] => [a] | _ => others end).
  rewrite !andb_true_iff. intros [[[HJ H1] H2] HC].
  apply (reflect_true _ _ (leqP _ _)) in H1, H2.
  assert (P : forall b, In b (a :: others) -> contains J (Q2R b)).
  { rewrite forallb_forall in HJ. intros b Hb. specialize (HJ b Hb). apply andb_true_iff in HJ as [L U].
    apply (reflect_true _ _ (leqP _ _)) in L, U. split; auto. }
  exists (Q2R a), (Q2R (last rest a)). split.
  - intros x Hx. pose proof (images_sound core_steps J x Hx Hx) as I. unfold contains in I. lra.
  - intros x Hx Hax. apply (cells_sound rest a); auto.
    + apply P; simpl; auto.
    + intros b Hb. apply P. unfold rest in Hb. destruct others; simpl in *; tauto.
    + unfold rest. destruct others; congruence.
Qed.
End Check.
