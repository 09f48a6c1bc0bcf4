(* The mesh check is complete: if f^(2m)(x) = x implies f^m(x) = x on an interval that a piecewise-linear f
   with rational knots maps into itself, then some mesh of rational points passes.

   Cut the interval where an iterate of f meets a knot, and where f^(2m) crosses the identity. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Dynamics Iterates Order Rational Pieces Images Mesh.
Import ListNotations.
Local Open Scope R_scope.

(* ---- chains of cells ---- *)

Fixpoint chain (P : Q -> Q -> Prop) (a : Q) (mesh : list Q) : Prop :=
  match mesh with [] => True | b :: rest => P a b /\ chain P b rest end.

Lemma chain_refine (P P' : Q -> Q -> Prop) :
  (forall a b, P a b -> P' a b \/ exists c, P' a c /\ P' c b) ->
  forall mesh a, chain P a mesh -> exists mesh', chain P' a mesh' /\ last mesh' a = last mesh a /\
    (mesh <> [] -> mesh' <> []).
Proof.
  intro H. induction mesh as [|b mesh IH]; intros a C; [exists []; auto|].
  destruct C as [Hab C]. destruct (IH b C) as [mesh' [C' [E _]]].
  destruct (H a b Hab) as [Hab'|[c [Hac Hcb]]].
  - exists (b :: mesh'). rewrite !last_cons. split; [split; auto|]. split; [auto|congruence].
  - exists (c :: b :: mesh'). rewrite !last_cons. split; [split; [|split]; auto|]. split; [auto|congruence].
Qed.

(* ---- when two points lie on a common line ---- *)

Definition strictly_between (u w x : R) : Prop := u < x < w \/ w < x < u.

Lemma common_line_exists t : forall a b u w, joined a t b = true ->
  (forall k, In k (knots t) -> ~ strictly_between (Q2R u) (Q2R w) (Q2R (fst k))) -> common_line t u w <> None.
Proof.
  induction t as [l|L IHL p v r R IHR]; intros a b u w J H; cbn [common_line]; [discriminate|].
  destruct (joinedE _ _ _ _ _ _ _ J) as [_ _ _ _ JL JR].
  pose proof (H (p, v) ltac:(apply in_or_app; simpl; auto)) as Hp. cbn [fst] in Hp.
  unfold strictly_between in Hp.
  assert (HL : common_line L u w <> None).
  { apply (IHL _ _ _ _ JL). intros k Hk. apply H, in_or_app; auto. }
  assert (HR : common_line R u w <> None).
  { apply (IHR _ _ _ _ JR). intros k Hk. apply H, in_or_app; simpl; auto. }
  destruct (leqP u p), (leqP w p), (leqP p u), (leqP p w); cbn [andb]; auto; exfalso; apply Hp; lra.
Qed.

Section Complete.
Variables (t : pieces) (m : nat) (f : R -> R) (J : Q * Q).
Hypothesis Ht : joined None t None = true.
Hypothesis Hf : forall x, contains J x -> sem t x = f x.
Hypothesis Hself : selfmap f (Q2R (fst J)) (Q2R (snd J)).

Notation in_J x := (contains J x).

Lemma iter_in_J n x : in_J x -> in_J (iter n f x).
Proof. apply (selfmap_iter _ _ _ Hself n). Qed.

Lemma rational_orbit n q : in_J (Q2R q) -> exists q', iter n f (Q2R q) = Q2R q'.
Proof.
  intro Hq. induction n as [|n [q' E]]; [exists q; auto|]. exists (at_point t q'). cbn [iter]. rewrite E.
  rewrite <- Hf by (rewrite <- E; apply iter_in_J, Hq). apply at_point_correct.
Qed.

(* no knot lies strictly between f^i(a) and f^i(b) for i < n, and none of ks between f^n(a) and f^n(b) *)
Definition clear_of (ks : list (Q * Q)) (u w : R) : Prop :=
  forall k, In k ks -> ~ strictly_between u w (Q2R (fst k)).

Record cell (n : nat) (ks : list (Q * Q)) (a b : Q) : Prop := Cell {
  cell_a : in_J (Q2R a);
  cell_b : in_J (Q2R b);
  cell_le : Q2R a <= Q2R b;
  cell_passed : forall i, (i < n)%nat -> clear_of (knots t) (iter i f (Q2R a)) (iter i f (Q2R b));
  cell_clear : clear_of ks (iter n f (Q2R a)) (iter n f (Q2R b)) }.

Lemma passed_affine n : forall u w, in_J (Q2R u) -> in_J (Q2R w) ->
  (forall i, (i < n)%nat -> clear_of (knots t) (iter i f (Q2R u)) (iter i f (Q2R w))) ->
  exists u' w', affine t n u w = Some (u', w').
Proof.
  induction n as [|n IH]; intros u w Hu Hw H; [exists u, w; auto|]. cbn [affine].
  pose proof (common_line_exists t None None u w Ht (H 0%nat ltac:(lia))) as HL.
  destruct (common_line t u w) as [l|] eqn:L; [|congruence].
  assert (Eu : Q2R (line_at l u) = f (Q2R u)).
  { rewrite <- Hf, <- line_at_correct by auto. symmetry.
    apply (common_line_correct t None None u w l); auto. unfold between; lra. }
  assert (Ew : Q2R (line_at l w) = f (Q2R w)).
  { rewrite <- Hf, <- line_at_correct by auto. symmetry.
    apply (common_line_correct t None None u w l); auto. unfold between; lra. }
  apply IH.
  - rewrite Eu. apply Hself, Hu.
  - rewrite Ew. apply Hself, Hw.
  - intros i Hi. rewrite Eu, Ew, <- !iter_S. apply H. lia.
Qed.

(* f^i is affine on a cell for i <= n *)
Lemma cell_affine n ks a b i s : cell n ks a b -> (i <= n)%nat -> 0 <= s <= 1 ->
  iter i f ((1 - s) * Q2R a + s * Q2R b) = (1 - s) * iter i f (Q2R a) + s * iter i f (Q2R b).
Proof.
  intros [Ha Hb Hab Hp _] Hi Hs.
  destruct (passed_affine i a b Ha Hb) as (u & w & E); [intros; apply Hp; lia|].
  pose proof (affine_sound t f J Ht Hf Hself i a b u w Ha Hb E) as A.
  rewrite A by exact Hs. pose proof (A 0 ltac:(lra)) as A0. pose proof (A 1 ltac:(lra)) as A1.
  replace ((1 - 0) * Q2R a + 0 * Q2R b) with (Q2R a) in A0 by ring.
  replace ((1 - 1) * Q2R a + 1 * Q2R b) with (Q2R b) in A1 by ring.
  rewrite A0, A1. ring.
Qed.

(* a cell is cut in two by a point inside at which f^n takes a value p, where that is linear in the point *)
Lemma cell_cut n ks a b s c : cell n ks a b -> 0 <= s <= 1 -> Q2R c = (1 - s) * Q2R a + s * Q2R b ->
  cell n ks a c /\ cell n ks c b.
Proof.
  intros C Hs Ec. pose proof (fun i H => cell_affine n ks a b i s C H Hs) as A. rewrite <- Ec in A.
  destruct C as [Ha Hb Hab Hp Hks].
  assert (Hc : Q2R a <= Q2R c <= Q2R b) by (rewrite Ec; split; nra).
  assert (HcJ : in_J (Q2R c)) by (unfold contains in *; lra).
  assert (B : forall i x, (i <= n)%nat ->
    strictly_between (iter i f (Q2R a)) (iter i f (Q2R c)) x \/ strictly_between (iter i f (Q2R c))
      (iter i f (Q2R b)) x ->
    strictly_between (iter i f (Q2R a)) (iter i f (Q2R b)) x).
  { intros i x Hi. rewrite (A i Hi). unfold strictly_between.
    set (u := iter i f (Q2R a)). set (w := iter i f (Q2R b)). clearbody u w. clear - Hs.
    intro H. destruct (Rlt_le_dec u w); [left|right]; nra. }
  split; split; auto; try lra.
  - intros i Hi k Hk S. apply (Hp i Hi k Hk), B; auto. lia.
  - intros k Hk S. apply (Hks k Hk), B; auto.
  - intros i Hi k Hk S. apply (Hp i Hi k Hk), B; auto. lia.
  - intros k Hk S. apply (Hks k Hk), B; auto.
Qed.

(* where a rational affine function crosses zero *)
Lemma crossing (a b u w : Q) : strictly_between (Q2R u) (Q2R w) 0 ->
  exists c s, 0 <= s <= 1 /\ Q2R c = (1 - s) * Q2R a + s * Q2R b /\ (1 - s) * Q2R u + s * Q2R w = 0.
Proof.
  intro S. assert (Hd : Q2R u - Q2R w <> 0) by (unfold strictly_between in S; lra).
  assert (Hq : ~ (u - w == 0)%Q).
  { intro E. apply Qeq_eqR in E. rewrite Q2R_minus in E. unfold Q2R at 3 in E. simpl in E. lra. }
  exists (a + (b - a) * (u / (u - w)))%Q, (Q2R u / (Q2R u - Q2R w)).
  assert (E : Q2R u / (Q2R u - Q2R w) * (Q2R u - Q2R w) = Q2R u) by (field; lra).
  rewrite Q2R_plus, Q2R_mult, Q2R_div, !Q2R_minus by auto.
  set (s := Q2R u / (Q2R u - Q2R w)) in *. split; [|split; [ring|lra]].
  unfold strictly_between in S. destruct S; split; nra.
Qed.

Lemma cut_at_knot n ks k a b : cell n ks a b ->
  cell n (k :: ks) a b \/ exists c, cell n (k :: ks) a c /\ cell n (k :: ks) c b.
Proof.
  intro C. destruct (rational_orbit n a (cell_a _ _ _ _ C)) as [u Eu].
  destruct (rational_orbit n b (cell_b _ _ _ _ C)) as [w Ew]. set (p := fst k).
  assert (D : strictly_between (Q2R u) (Q2R w) (Q2R p) \/ ~ strictly_between (Q2R u) (Q2R w) (Q2R p)).
  { unfold strictly_between. destruct (Rlt_dec (Q2R u) (Q2R p)), (Rlt_dec (Q2R p) (Q2R w)),
      (Rlt_dec (Q2R w) (Q2R p)), (Rlt_dec (Q2R p) (Q2R u)); lra. }
  destruct D as [S|S].
  - right. destruct (crossing a b (u - p) (w - p)) as (c & s & Hs & Ec & E0).
    { rewrite !Q2R_minus. unfold strictly_between in *. lra. }
    rewrite !Q2R_minus in E0. exists c. destruct (cell_cut n ks a b s c C Hs Ec) as [C1 C2].
    assert (Ep : iter n f (Q2R c) = Q2R p).
    { rewrite Ec, (cell_affine n ks a b n s C) by auto. rewrite Eu, Ew. lra. }
    destruct C1 as [A1 A2 A3 A4 A5], C2 as [B1 B2 B3 B4 B5].
    split; split; auto; rewrite Ep in *; intros j [<-|Hj]; auto; fold p; unfold strictly_between; lra.
  - left. destruct C as [A1 A2 A3 A4 A5]. split; auto. rewrite Eu, Ew in *. intros j [<-|Hj]; auto.
Qed.

Notation covering P := (exists mesh, chain P (fst J) mesh /\ last mesh (fst J) = snd J /\ mesh <> []).

Lemma covering_refine (P P' : Q -> Q -> Prop) :
  (forall a b, P a b -> P' a b \/ exists c, P' a c /\ P' c b) -> covering P -> covering P'.
Proof.
  intros H [mesh [C [E Hne]]]. destruct (chain_refine P P' H mesh (fst J) C) as [mesh' [C' [E' Hne']]].
  exists mesh'. split; auto. split; [congruence|auto].
Qed.

Lemma covering_knots n ks : covering (cell n []) -> covering (cell n ks).
Proof.
  intro H. induction ks as [|k ks IH]; auto. apply (covering_refine (cell n ks)); auto. apply cut_at_knot.
Qed.

Hypothesis HJ : Q2R (fst J) <= Q2R (snd J).

Lemma covering_cells n : covering (cell n []).
Proof.
  induction n as [|n IH].
  - exists [snd J]. split; [|split; [auto|congruence]]. split; [|exact I].
    split; auto; try (unfold contains; lra); [intros i Hi; lia|intros k []].
  - apply (covering_knots n (knots t)) in IH. revert IH. apply covering_refine.
    intros a b [A1 A2 A3 A4 A5]. left. split; auto; [|intros k []].
    intros i Hi. destruct (Nat.eq_dec i n) as [->|]; [exact A5|apply A4; lia].
Qed.

(* f^n - id has one sign on the cell *)
Definition signed (n : nat) (a b : Q) : Prop :=
  cell n [] a b /\
  ((Q2R a <= iter n f (Q2R a) /\ Q2R b <= iter n f (Q2R b)) \/
   (iter n f (Q2R a) <= Q2R a /\ iter n f (Q2R b) <= Q2R b)).

Lemma covering_signed n : covering (signed n).
Proof.
  generalize (covering_cells n). apply covering_refine. intros a b C. unfold signed.
  destruct (rational_orbit n a (cell_a _ _ _ _ C)) as [u Eu].
  destruct (rational_orbit n b (cell_b _ _ _ _ C)) as [w Ew].
  destruct (Rle_lt_dec (Q2R a) (Q2R u)) as [h|h], (Rle_lt_dec (Q2R b) (Q2R w)) as [h'|h'];
    try (left; split; [exact C|]; lra);
    (destruct (Req_dec (Q2R a) (Q2R u)); [left; split; [exact C|]; lra|]);
    (destruct (Req_dec (Q2R b) (Q2R w)); [left; split; [exact C|]; lra|]);
    right; (destruct (crossing a b (u - a) (w - b)) as (c & s & Hs & Ec & E0);
      [rewrite !Q2R_minus; unfold strictly_between; lra|]);
    rewrite !Q2R_minus in E0; exists c; destruct (cell_cut n [] a b s c C Hs Ec) as [C1 C2];
    assert (Ep : iter n f (Q2R c) = Q2R c)
      by (rewrite Ec, (cell_affine n [] a b n s C) by auto; rewrite Eu, Ew; lra);
    (split; (split; [assumption|]); rewrite Ep; lra).
Qed.

Theorem mesh_check_complete : (forall x, in_J x -> iter (2 * m) f x = x -> iter m f x = x) ->
  exists mesh, mesh_check t m J 0 mesh = true.
Proof.
  intro Hgood. destruct (covering_signed (2 * m)) as [mesh [C [E Hne]]]. exists (fst J :: mesh).
  assert (P : forall a b, signed (2 * m) a b -> affine_cell t m a b = true).
  { intros a b [Cab S]. pose proof Cab as [Ha Hb Hab Hp _].
    destruct (passed_affine m a b Ha Hb) as (a1 & b1 & E1); [intros; apply Hp; lia|].
    assert (Ea1 : iter m f (Q2R a) = Q2R a1 /\ iter m f (Q2R b) = Q2R b1).
    { pose proof (affine_sound t f J Ht Hf Hself m a b a1 b1 Ha Hb E1) as A.
      pose proof (A 0 ltac:(lra)) as B0. pose proof (A 1 ltac:(lra)) as B1.
      replace ((1 - 0) * Q2R a + 0 * Q2R b) with (Q2R a) in B0 by ring.
      replace ((1 - 1) * Q2R a + 1 * Q2R b) with (Q2R b) in B1 by ring. rewrite B0, B1. lra. }
    destruct Ea1 as [Ea1 Eb1].
    assert (Ha1 : in_J (Q2R a1)) by (rewrite <- Ea1; apply iter_in_J, Ha).
    assert (Hb1 : in_J (Q2R b1)) by (rewrite <- Eb1; apply iter_in_J, Hb).
    destruct (passed_affine m a1 b1 Ha1 Hb1) as (a2 & b2 & E2).
    { intros i Hi. rewrite <- Ea1, <- Eb1, <- !iter_add. apply Hp. lia. }
    assert (Ea2 : iter (2 * m) f (Q2R a) = Q2R a2 /\ iter (2 * m) f (Q2R b) = Q2R b2).
    { pose proof (affine_sound t f J Ht Hf Hself m a1 b1 a2 b2 Ha1 Hb1 E2) as A.
      pose proof (A 0 ltac:(lra)) as B0. pose proof (A 1 ltac:(lra)) as B1.
      replace ((1 - 0) * Q2R a1 + 0 * Q2R b1) with (Q2R a1) in B0 by ring.
      replace ((1 - 1) * Q2R a1 + 1 * Q2R b1) with (Q2R b1) in B1 by ring.
      replace (2 * m)%nat with (m + m)%nat by lia. rewrite !iter_add, Ea1, Eb1, B0, B1. lra. }
    destruct Ea2 as [Ea2 Eb2]. rewrite Ea2, Eb2 in S.
    pose proof (Hgood _ Ha) as Ga. pose proof (Hgood _ Hb) as Gb. rewrite Ea2, Ea1 in Ga.
    rewrite Eb2, Eb1 in Gb.
    unfold affine_cell. rewrite E1, E2. rewrite !andb_true_iff. split; [split|].
    - destruct (leqP a a2), (leqP b b2), (leqP a2 a), (leqP b2 b); auto; lra.
    - destruct (sameP a2 a), (sameP a1 a); auto.
    - destruct (sameP b2 b), (sameP b1 b); auto. }
  unfold mesh_check. destruct mesh as [|b rest]; [congruence|]. rewrite E. cbn [images].
  assert (HP : forall mesh a, chain (signed (2 * m)) a mesh -> cells t m a mesh = true /\
    forall c, In c mesh -> in_J (Q2R c)).
  { induction mesh as [|c mesh IH]; intros a Ca; cbn [cells]; [split; [auto|intros c []]|].
    destruct Ca as [Cac Ca]. destruct (IH c Ca) as [H1 H2]. split; [rewrite (P a c Cac); exact H1|].
    intros d [<-|Hd]; auto. apply Cac. }
  destruct (HP (b :: rest) (fst J) C) as [H1 H2]. rewrite H1, !andb_true_iff. split; [split; [split|]|auto].
  - apply forallb_forall. intros c Hc. assert (Hin : in_J (Q2R c)).
    { destruct Hc as [<-|Hc]; [unfold contains; lra|auto]. }
    unfold contains in Hin. destruct (leqP (fst J) c), (leqP c (snd J)); auto; lra.
  - destruct (leqP (fst J) (fst J)); auto; lra.
  - destruct (leqP (snd J) (snd J)); auto; lra.
Qed.
End Complete.
