(* Intervals between germs, and what a line does to them.

   The points strictly between u and v lie between the germ on the right of u and the germ on the left of
   v; the ends may be infinite. A line that is not flat maps such an interval onto another, whose ends are
   the images of the two germs; they change places if the line falls. *)

From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Rational Pieces FiniteSets Germs.
Import ListNotations.
Local Open Scope R_scope.

(* ---- Germs ---- *)

(* A rational point with a side; None is minus infinity on its right side, plus infinity on its left side. *)
Definition germ := (option Q * side)%type.

Definition right_of_germ (g : germ) (b : Q) : bool :=
  match g with
  | (Some y, Right) => less y b
  | (Some y, Left) => leq y b
  | (None, Right) => true
  | (None, Left) => false
  end.

Lemma right_of_germ_monotone g p q : Q2R p < Q2R q -> right_of_germ g p = true -> right_of_germ g q = true.
Proof.
  intros H. destruct g as [[y|] []]; simpl; auto.
  - destruct (leqP y p), (leqP y q); auto; lra.
  - destruct (lessP y p), (lessP y q); auto; lra.
Qed.

(* ---- Intervals ---- *)

Definition apart (u v : option Q) : Prop :=
  match u, v with Some a, Some b => Q2R a < Q2R b | _, _ => True end.

Definition above (u : option Q) (x : R) : Prop := match u with Some a => Q2R a < x | None => True end.
Definition below (v : option Q) (x : R) : Prop := match v with Some b => x < Q2R b | None => True end.
Definition inside (u v : option Q) (x : R) : Prop := above u x /\ below v x.

Definition inside_closed (u v : option Q) (x : R) : Prop :=
  match u with Some a => Q2R a <= x | None => True end /\
  match v with Some b => x <= Q2R b | None => True end.

Lemma inside_is_closed u v x : inside u v x -> inside_closed u v x.
Proof. unfold inside, inside_closed. destruct u, v; simpl; intros; split; tauto || lra. Qed.

Definition between (u v : option Q) (b : Q) : bool :=
  right_of_germ (u, Right) b && negb (right_of_germ (v, Left) b).

Lemma betweenP u v b : reflect (inside u v (Q2R b)) (between u v b).
Proof.
  unfold between, inside. destruct u as [u|], v as [v|]; simpl.
  - destruct (lessP u b), (leqP v b); constructor; lra.
  - destruct (lessP u b); constructor; tauto.
  - destruct (leqP v b); constructor; lra.
  - constructor. auto.
Qed.

Lemma inside_extend_left u v w x : apart u (Some w) -> inside (Some w) v x -> inside u v x.
Proof. unfold inside. destruct u, v; simpl; intros; split; tauto || lra. Qed.

Lemma inside_extend_right u v w x : apart (Some w) v -> inside u (Some w) x -> inside u v x.
Proof. unfold inside. destruct u, v; simpl; intros; split; tauto || lra. Qed.

Lemma inside_neighbourhood u v x : inside u v x ->
  exists d, 0 < d /\ forall y, Rabs (y - x) < d -> inside u v y.
Proof.
  intros [Hu Hv].
  assert (A : exists d, 0 < d /\ forall y, x - d < y -> above u y).
  { destruct u as [a|]; simpl in *; [exists (x - Q2R a)|exists 1]; split; intros; lra || auto. }
  assert (B : exists d, 0 < d /\ forall y, y < x + d -> below v y).
  { destruct v as [b|]; simpl in *; [exists (Q2R b - x)|exists 1]; split; intros; lra || auto. }
  destruct A as [d [Hd A]], B as [e [He B]]. exists (Rmin d e). split; [apply Rmin_pos; auto|].
  intros y Hy. apply Rabs_def2 in Hy. pose proof (Rmin_l d e). pose proof (Rmin_r d e).
  split; [apply A|apply B]; lra.
Qed.

(* Next to a germ there is an interval that contains none of finitely many points. *)
Lemma free_right y (ks : list Q) : exists v, apart (Some y) v /\
  forall b, In b ks -> ~ inside (Some y) v (Q2R b).
Proof.
  induction ks as [|k ks [v [Hv H]]]; [exists None; split; [exact I|intros b []]|].
  destruct (betweenP (Some y) v k) as [[E1 E2]|E].
  - exists (Some k). split; [exact E1|]. intros b [<-|Hb] K; [destruct K; simpl in *; lra|].
    apply (H b Hb), inside_extend_right with k; [destruct v; simpl in *; auto|exact K].
  - exists v. split; [exact Hv|]. intros b [<-|Hb]; [exact E|apply H, Hb].
Qed.

Lemma free_left y (ks : list Q) : exists u, apart u (Some y) /\
  forall b, In b ks -> ~ inside u (Some y) (Q2R b).
Proof.
  induction ks as [|k ks [u [Hu H]]]; [exists None; split; [exact I|intros b []]|].
  destruct (betweenP u (Some y) k) as [[E1 E2]|E].
  - exists (Some k). split; [exact E2|]. intros b [<-|Hb] K; [destruct K; simpl in *; lra|].
    apply (H b Hb), inside_extend_left with k; [destruct u; simpl in *; auto|exact K].
  - exists u. split; [exact Hu|]. intros b [<-|Hb]; [exact E|apply H, Hb].
Qed.

Lemma free_around (x : R) (ks : list Q) : ~ In x (map Q2R ks) ->
  exists u v, inside u v x /\ apart u v /\ forall b, In b ks -> ~ inside u v (Q2R b).
Proof.
  induction ks as [|k ks IH]; intro Hx; [exists None, None; repeat split; intros b []|]. simpl in Hx.
  destruct IH as [u [v (Hin & Huv & H)]]; [tauto|]. destruct (Rtotal_order (Q2R k) x) as [C|[C|C]]; [|tauto|].
  - destruct (betweenP u v k) as [K|K].
    + exists (Some k), v. split; [split; [exact C|apply Hin]|].
      split; [destruct v; simpl in *; auto; apply K|].
      intros b [<-|Hb] N; [destruct N; simpl in *; lra|].
      apply (H b Hb), inside_extend_left with k; [destruct u; simpl in *; auto; apply K|exact N].
    + exists u, v. split; [exact Hin|]. split; [exact Huv|]. intros b [<-|Hb]; auto.
  - destruct (betweenP u v k) as [K|K].
    + exists u, (Some k). split; [split; [apply Hin|exact C]|].
      split; [destruct u; simpl in *; auto; apply K|].
      intros b [<-|Hb] N; [destruct N; simpl in *; lra|].
      apply (H b Hb), inside_extend_right with k; [destruct v; simpl in *; auto; apply K|exact N].
    + exists u, v. split; [exact Hin|]. split; [exact Huv|]. intros b [<-|Hb]; auto.
Qed.

(* ---- Lines ---- *)

Definition real_slope (l : line) : R := IZR (slope l) / IZR (Zpos (scale l)).
Definition real_const (l : line) : R := IZR (const l) / IZR (Zpos (scale l)).

Lemma line_sem_slope l x : line_sem l x = real_slope l * x + real_const l.
Proof. unfold line_sem, real_slope, real_const. pose proof (pos_R (scale l)). field. lra. Qed.

Lemma real_slope_sign l : (0 < slope l)%Z /\ 0 < real_slope l \/ slope l = 0%Z /\ real_slope l = 0 \/
  (slope l < 0)%Z /\ real_slope l < 0.
Proof.
  unfold real_slope, Rdiv. pose proof (Rinv_0_lt_compat _ (pos_R (scale l))) as Hp.
  destruct (Z.lt_trichotomy (slope l) 0) as [H|[H|H]].
  - right; right. split; [exact H|]. apply IZR_lt in H. nra.
  - right; left. split; [exact H|]. rewrite H. ring.
  - left. split; [exact H|]. apply IZR_lt in H. nra.
Qed.

Lemma real_slope_zero l : real_slope l = 0 <-> slope l = 0%Z.
Proof. destruct (real_slope_sign l) as [[H H']|[[H H']|[H H']]]; split; intro E; lra || lia. Qed.

Definition turned (s : Z) (d : side) : side := if (s <? 0)%Z then opposite d else d.

(* the image of a germ under a line that is not flat *)
Definition push_on (l : line) (g : germ) : germ := (option_map (line_at l) (fst g), turned (slope l) (snd g)).

Definition image (l : line) (u : option Q) : option Q := option_map (line_at l) u.

Lemma line_at_slope l a : Q2R (line_at l a) = real_slope l * Q2R a + real_const l.
Proof. rewrite <- line_at_correct. apply line_sem_slope. Qed.

Lemma image_rising l u v : (0 < slope l)%Z -> apart u v ->
  apart (image l u) (image l v) /\ forall x, inside u v x <-> inside (image l u) (image l v) (line_sem l x).
Proof.
  intros Hz Huv.
  assert (Hr : 0 < real_slope l) by (destruct (real_slope_sign l) as [[_ H]|[[H _]|[H _]]]; lia || lra).
  split; [|intro x; unfold inside, image];
    destruct u, v; simpl in *; rewrite ?line_at_slope, ?line_sem_slope; auto; try nra;
    split; intros [? ?]; split; auto; nra.
Qed.

Lemma image_falling l u v : (slope l < 0)%Z -> apart u v ->
  apart (image l v) (image l u) /\ forall x, inside u v x <-> inside (image l v) (image l u) (line_sem l x).
Proof.
  intros Hz Huv.
  assert (Hr : real_slope l < 0) by (destruct (real_slope_sign l) as [[H _]|[[H _]|[_ H]]]; lia || lra).
  split; [|intro x; unfold inside, image];
    destruct u, v; simpl in *; rewrite ?line_at_slope, ?line_sem_slope; auto; try nra;
    split; intros [? ?]; split; auto; nra.
Qed.

(* If in every interval the number of points with the property P is the sum of two terms, one for each germ at
   its ends, so is the number of points that a line takes to points with the property P. *)
Lemma count_push (P : R -> Prop) (term : germ -> Z) l u v : slope l <> 0%Z -> apart u v ->
  (forall u v, apart u v -> count (fun x => inside u v x /\ P x) (term (u, Right) + term (v, Left))) ->
  count (fun x => inside u v x /\ P (line_sem l x))
    (term (push_on l (u, Right)) + term (push_on l (v, Left))).
Proof.
  intros H0 Huv HP. assert (Hs : real_slope l <> 0) by (rewrite real_slope_zero; exact H0).
  assert (Back : forall u' v' n, (forall x, inside u v x <-> inside u' v' (line_sem l x)) ->
    count (fun y => inside u' v' y /\ P y) n -> count (fun x => inside u v x /\ P (line_sem l x)) n).
  { intros u' v' n E.
    apply count_image with (g := line_sem l) (h := fun y => (y - real_const l) / real_slope l).
    - intro x. rewrite line_sem_slope. field. exact Hs.
    - intro y. rewrite line_sem_slope. field. exact Hs.
    - intro x. rewrite E. reflexivity. }
  unfold push_on, turned. cbn [fst snd opposite]. fold (image l u) (image l v).
  destruct (Z.ltb_spec (slope l) 0) as [C|C]; cbn [opposite].
  - destruct (image_falling l u v C Huv) as [Ha Hi]. rewrite Z.add_comm. apply (Back _ _ _ Hi), HP, Ha.
  - destruct (image_rising l u v ltac:(lia) Huv) as [Ha Hi]. apply (Back _ _ _ Hi), HP, Ha.
Qed.
